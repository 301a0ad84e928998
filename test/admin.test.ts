/* Server-side calls of administrators, on every storage, with a second node that must see the result. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Latchkey, Refusal, SessionFilter } from '../src/index.ts'
import type { Client } from './support/client.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, startInstance } from './support/rings.ts'
import { insertStatement } from './support/sql-literal.ts'
import { until } from './support/until.ts'

const HOUR = 3_600_000

describe.each(RINGS)('administration (%s)', (ring) => {
  let instance: Instance
  let elsewhere: Latchkey
  let startedAt: number
  let count = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { trustProxy: 1, deliverMails: false })
    elsewhere = await instance.sibling({ trustProxy: 1 })
  })
  afterAll(async () => {
    await elsewhere.close()
    await instance.close()
  })

  /** Logs a user in from an IP address; both nodes have the session in memory. */
  async function logIn(address: string): Promise<{ client: Client; id: string; email: string; request: Request }> {
    const client = instance.client()
    const email = `admin${count++}@example.com`
    const { body } = await client.post('/auth/register', { email, password: PASSWORD }, { 'x-forwarded-for': address })
    startedAt = Date.parse(body.session.createdAt)
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    expect(await elsewhere.authenticate(request)).not.toBeNull()
    return { client, id: body.user.id, email, request }
  }

  const isIn = async ({ client }: { client: Client }): Promise<boolean> =>
    (await client.get('/auth/session')).status === 200

  test('sessions are counted and revoked by network, time, method and user, on all nodes (ASVS 7.4.5)', async () => {
    const before = await logIn('203.0.113.7')
    instance.advance(HOUR)
    const inside = [await logIn('203.0.113.200'), await logIn('203.0.113.7')]
    const outside = [await logIn('203.0.114.7'), await logIn('2001:db8::1')]
    const filter: SessionFilter = { network: '203.0.113.0/24', since: startedAt, method: 'password' }
    expect(await instance.auth.sessions.count(filter)).toBe(2)
    expect(await instance.auth.sessions.count({ network: '203.0.113.0/24' })).toBe(3)
    expect(await instance.auth.sessions.count({ network: '2001:db8::/32', userId: outside[1]?.id ?? '' })).toBe(1)
    expect(await instance.auth.sessions.count({ userId: before.id, since: startedAt })).toBe(0)
    expect(await instance.auth.sessions.revokeWhere(filter)).toBe(2)
    for (const each of inside) {
      expect(await isIn(each)).toBe(false)
      await until(async () => (await elsewhere.authenticate(each.request)) === null)
    }
    for (const each of [before, ...outside]) expect(await isIn(each)).toBe(true)
    expect(await instance.auth.sessions.revokeWhere({ userId: before.id })).toBe(1)
    expect(await isIn(before)).toBe(false)
    expect(await instance.auth.sessions.revokeWhere(filter)).toBe(0)
    const [event] = await instance.auth.audit.list({ userId: before.id, newestFirst: true, limit: 1 })
    expect(event).toMatchObject({ type: 'session.revoked', actor: 'application', sessionId: expect.any(String) })
  })

  test('sessions are revoked completely, even if there are more than one batch (ASVS 7.4.5)', async () => {
    const { id, email } = await logIn('198.51.100.1')
    const login = () => instance.client().post('/auth/login', { email, password: PASSWORD })
    if (ring.endsWith('Redis')) await Promise.all(Array.from({ length: 20 }, login))
    else {
      const [row] = await instance.runSql(`SELECT * FROM sessions WHERE user_id = '${id}'`)
      const copies = Array.from({ length: 450 }, (_, index) => {
        const copy = `01a20561-b5ed-7000-8000-${String(index).padStart(12, '0')}`
        return { ...row, id: copy, token_hash: copy }
      })
      await instance.runSql(insertStatement('sessions', copies))
    }
    const expected = ring.endsWith('Redis') ? 21 : 451
    expect(await instance.auth.sessions.count({ userId: id })).toBe(expected)
    expect(await instance.auth.sessions.revokeWhere({ userId: id, method: 'password' })).toBe(expected)
    expect(await instance.auth.sessions.list(id)).toEqual([])
    const told = await instance.auth.audit.list({ userId: id, type: 'session.revoked', limit: 1_000 })
    expect(new Set(told.map(({ sessionId }) => sessionId)).size).toBe(expected)
  })

  test('an empty, misspelt or wrong filter revokes nothing', async () => {
    const user = await logIn('192.0.2.1')
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{}, '#'],
      [{ since: undefined }, '#'],
      [{ user: user.id }, '#/user'],
      [{ userId: user.email }, '#/userId'],
      [{ since: '2026-01-01' }, '#/since'],
      [{ since: Number.NaN }, '#/since'],
      [{ network: '203.0.113.0/33' }, '#/network'],
      [{ network: '203.0.113' }, '#/network'],
      [{ network: '2001:db8::/129' }, '#/network'],
      [{ network: '' }, '#/network'],
    ]
    for (const [filter, pointer] of wrong) {
      for (const call of [instance.auth.sessions.count, instance.auth.sessions.revokeWhere]) {
        const error = await call(filter as SessionFilter).catch((thrown: unknown) => thrown)
        expect([filter, error]).toMatchObject([filter, { code: 'validation_failed' }])
        expect((error as Refusal).errors?.map((each) => each.pointer)).toContain(pointer)
      }
    }
    expect(await isIn(user)).toBe(true)
    expect(await instance.auth.sessions.count({ method: 'passkey' as 'password' })).toBe(0)
  })

  test('a forced reset disables the password and revokes all sessions at once; unlocking enables it again (ASVS 6.4.6)', async () => {
    const user = await logIn('192.0.2.2')
    const bystander = await logIn('192.0.2.3')
    await instance.auth.users.forcePasswordReset(user.id)
    expect(await isIn(user)).toBe(false)
    await until(async () => (await elsewhere.authenticate(user.request)) === null)
    expect(await isIn(bystander)).toBe(true)
    const state = (): Promise<unknown> =>
      instance.runSql(`SELECT disabled_for FROM passwords WHERE user_id = '${user.id}'`)
    expect(await state()).toEqual([{ disabled_for: 'everyone' }])
    await instance.auth.users.unlock(user.id)
    expect(await state()).toEqual([{ disabled_for: null }])
    await instance.auth.users.unlock(user.id) // a second call changes nothing and writes no event
    const events = await instance.auth.audit.list({ userId: user.id, newestFirst: true, limit: 2 })
    expect(events).toMatchObject([
      { type: 'password.enabled', actor: 'application', detail: {} },
      { type: 'password.disabled', actor: 'application', detail: { reason: 'forced' } },
    ])
    for (const call of [instance.auth.users.forcePasswordReset, instance.auth.users.unlock]) {
      await expect(call('01a20561-b5ed-7332-a6ad-36fc2a9cc78b')).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  test('the audit log is listed by user, type and time, in pages in both directions', async () => {
    const { id } = await logIn('192.0.2.4')
    instance.advance(HOUR)
    const since = startedAt + HOUR
    await elsewhere.users.disable(id)
    await elsewhere.users.enable(id)
    const all = await instance.auth.audit.list({ userId: id })
    expect(all.map(({ type }) => type)).toEqual(['user.created', 'login.succeeded', 'user.disabled', 'user.enabled'])
    const [created, loggedIn, disabled, enabled] = all
    const { list } = instance.auth.audit
    expect(await list({ userId: id, since })).toEqual([disabled, enabled])
    expect(await list({ userId: id, type: 'login.succeeded' })).toEqual([loggedIn])
    expect(await list({ userId: id, after: loggedIn?.id ?? '', limit: 1 })).toEqual([disabled])
    expect(await list({ userId: id, before: disabled?.id ?? '', newestFirst: true, limit: 1 })).toEqual([loggedIn])
    expect(created).toMatchObject({
      actor: null,
      requestId: expect.any(String),
      client: { ip: '192.0.2.4' },
      batch: null,
    })
    await expect(list({ userId: 'nobody' })).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(list({ after: 'x' })).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('server-side calls are recorded under the given actor name', async () => {
    const { id } = await logIn('192.0.2.5')
    const support = await instance.sibling({ actor: 'support desk' })
    await support.users.disable(id)
    await support.close()
    const [event] = await instance.auth.audit.list({ userId: id, type: 'user.disabled' })
    expect(event?.actor).toBe('support desk')
  })
})
