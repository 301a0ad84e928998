import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createLatchkey, type Latchkey } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, startInstance } from './support/rings.ts'
import { until } from './support/until.ts'

describe.each(RINGS)('what a verification costs (promise 3; %s)', (ring) => {
  let instance: Instance
  let cookie: string
  beforeAll(async () => {
    instance = await startInstance(ring, { verifyEmail: 'off' }) // no email is sent during the tests
    const client = instance.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    cookie = `latchkey=${client.cookies.get('latchkey')}`
  })
  afterAll(() => instance.close())

  const request = (): Request => new Request(`${ORIGIN}/me`, { headers: { cookie } })

  async function statementsOf(work: () => Promise<unknown>): Promise<{ reads: number; writes: number }> {
    instance.statements.length = 0
    await work()
    const reads = instance.statements.filter((statement) => /^(?:select|HMGET)\b/i.test(statement)).length
    return { reads, writes: instance.statements.length - reads }
  }

  test('cold: one indexed read; warm: none; after the touch window: another read, and no write yet', async () => {
    const authenticate = async (): Promise<void> => expect(await instance.auth.authenticate(request())).not.toBeNull()
    expect(await statementsOf(authenticate)).toEqual({ reads: 1, writes: 0 })
    expect(await statementsOf(authenticate)).toEqual({ reads: 0, writes: 0 })
    instance.advance(59_999)
    expect(await statementsOf(authenticate)).toEqual({ reads: 0, writes: 0 })
    instance.advance(1)
    expect(await statementsOf(authenticate)).toEqual({ reads: 1, writes: 0 })
    expect(await statementsOf(authenticate)).toEqual({ reads: 0, writes: 0 })
  })

  test('last uses are written automatically within seconds, for many sessions at once', async () => {
    const clients = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = instance.client()
        await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
        return client
      }),
    )
    await instance.auth.sweep() // writes the collected last uses first
    instance.advance(60_000)
    const now = Date.parse((await clients[0]?.get('/auth/session'))?.body.session.lastSeenAt)
    for (const client of clients) await client.get('/auth/session')
    instance.statements.length = 0
    const [user] = await instance.auth.users.list()
    await until(async () => {
      const sessions = await instance.auth.sessions.list(user?.id ?? '')
      return sessions.filter(({ lastSeenAt }) => lastSeenAt === now).length === clients.length
    })
    const writes = instance.statements.filter((statement) => /\bupdate\b.*\bsessions\b|touch/is.test(statement))
    expect(writes).toHaveLength(ring.endsWith('Redis') ? clients.length : 1) // Redis: one round trip
  })

  test('a garbage token costs no query', async () => {
    const headers = { cookie: `latchkey=lks_${'A'.repeat(43)}123456` }
    const garbage = async (): Promise<void> =>
      expect(await instance.auth.authenticate(new Request(ORIGIN, { headers }))).toBeNull()
    expect(await statementsOf(garbage)).toEqual({ reads: 0, writes: 0 })
  })

  test('many simultaneous cold requests of one session still fill the cache', async () => {
    await Promise.all(Array.from({ length: 50 }, () => instance.auth.authenticate(request())))
    expect(await statementsOf(() => instance.auth.authenticate(request()))).toEqual({ reads: 0, writes: 0 })
  })
})

describe.each(RINGS)('two nodes on one storage (promise 2; %s) (ASVS 8.3.2)', (ring) => {
  let first: Instance
  let second: Latchkey
  beforeAll(async () => {
    first = await startInstance(ring)
    second = await first.sibling()
  })
  afterAll(async () => {
    await second.close()
    await first.close()
  })

  test.each(['revoke', 'disable', 'delete', 'change password', 'logout'] as const)(
    'after %s on one node, the other refuses: on one file at the very next request, else when it receives the message',
    async (way) => {
      const client = first.client()
      const email = `${way.replace(' ', '-')}@example.org`
      const { body } = await client.post('/auth/register', { email, password: PASSWORD })
      const headers = { cookie: `latchkey=${client.cookies.get('latchkey')}` }
      const request = new Request(ORIGIN, { headers })
      expect((await second.authenticate(request))?.user.email).toBe(email)
      expect(await second.authenticate(request)).not.toBeNull()
      const { id } = body.user
      if (way === 'revoke') await first.auth.sessions.revoke(id, body.session.id)
      if (way === 'disable') await first.auth.users.disable(id)
      if (way === 'delete') await first.auth.users.delete(id)
      if (way === 'logout') await client.post('/auth/logout')
      if (way === 'change password') {
        await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: 'another long password' })
      }
      if (ring === 'handler' || ring === 'server') expect(await second.authenticate(request)).toBeNull()
      else await until(async () => (await second.authenticate(request)) === null)
    },
  )

  test('after its own changes, an application can clear the cache of all nodes', async () => {
    const client = first.client()
    const { body } = await client.post('/auth/register', { email: 'forget@example.org', password: PASSWORD })
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    const cold = await second.authenticate(request)
    const coldBefore = second.stats().verifications.cold
    expect(await second.authenticate(request)).toEqual(cold)
    expect(second.stats().verifications.cold).toBe(coldBefore) // from memory
    await first.auth.invalidateUser(body.user.id)
    await until(async () => {
      expect(await second.authenticate(request)).toEqual(cold)
      return second.stats().verifications.cold > coldBefore
    })
    await expect(first.auth.invalidateUser('nonsense')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a cold read in progress does not undo a revocation', async () => {
    for (let round = 0; round < 100; round++) {
      const user =
        (await first.auth.users.find('race@example.org')) ??
        (await first.auth.users.create({ email: 'race@example.org', password: PASSWORD }))
      const client = first.client()
      await client.post('/auth/login', { email: user.email, password: PASSWORD })
      const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
      await Promise.all([
        first.auth.authenticate(request),
        first.auth.sessions.revokeAll(user.id),
        first.auth.authenticate(request),
      ])
      expect(await first.auth.authenticate(request)).toBeNull()
    }
  })
})

describe('the library', () => {
  let instance: Instance
  beforeAll(async () => {
    instance = await startInstance('handler')
  })
  afterAll(() => instance.close())

  test('require: the principal, or a refusal that becomes an answer', async () => {
    const client = instance.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    expect((await instance.auth.require(request, { fresh: true, scopes: [] })).user.email).toBe('ada@example.com')
    // TypeScript knows that these are sessions.
    const { session } = await instance.auth.require(request, { session: true })
    expect((await instance.auth.require(request, { fresh: true })).session.id).toBe(session.id)
    // @ts-expect-error: without the requirement, the principal may be an access token
    expect((await instance.auth.require(request, { session: false })).session.id).toBe(session.id)
    instance.advance(600_000)
    const stale = await instance.auth.require(request, { fresh: true }).catch((error: unknown) => error)
    expect(stale).toMatchObject({ code: 'reauthentication_required' })
    expect(instance.auth.toResponse(stale).status).toBe(403)
    await expect(instance.auth.require(new Request(ORIGIN))).rejects.toMatchObject({ code: 'unauthenticated' })
    const both = new Request(ORIGIN, {
      headers: { cookie: request.headers.get('cookie') ?? '', authorization: 'Bearer x' },
    })
    await expect(instance.auth.require(both)).rejects.toMatchObject({ code: 'two_credentials' })
    expect(await instance.auth.authenticate(both)).toBeNull()
    const twice = { authorization: 'Basic YTpi', cookie: request.headers.get('cookie') ?? '' }
    const rawHeaders = ['Authorization', 'Basic YTpi', 'authorization', 'Bearer x', 'Cookie', twice.cookie]
    const ofNode = { method: 'GET', headers: twice, rawHeaders } as unknown as IncomingMessage
    await expect(instance.auth.require(ofNode)).rejects.toMatchObject({ code: 'two_credentials' })
    const once = { ...ofNode, rawHeaders: rawHeaders.slice(2) } as IncomingMessage
    expect((await instance.auth.require(once)).user.email).toBe('ada@example.com')
    expect(instance.auth.toResponse(new Error('a bug')).status).toBe(500)
    expect(await instance.auth.toResponse(new Error('what went wrong')).text()).not.toContain('what went wrong')
    expect(instance.errors).toHaveLength(2)
  })

  test('authenticate adds the renewed cookie of a remembered session to the given headers', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD, remember: true })
    instance.advance(25 * 3_600_000)
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    const headers = new Headers()
    expect(await instance.auth.authenticate(request, headers)).not.toBeNull()
    expect(headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=1209600')])
    expect(await instance.auth.authenticate(request, headers)).not.toBeNull()
    expect(headers.getSetCookie()).toHaveLength(1)
  })

  test('authenticate on the day of the renewal, after the headers were sent: the principal, and the next request renews', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD, remember: true })
    instance.advance(25 * 3_600_000)
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    const thrown: unknown[] = []
    const server = createServer((request, response) => {
      response.flushHeaders()
      const found = instance.auth.authenticate(request, response)
      found.then(
        (principal) => response.end(principal?.user.email),
        (error: unknown) => response.end(thrown.push(error).toString()),
      )
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { cookie } })
    expect([await answer.text(), answer.headers.getSetCookie(), thrown]).toEqual(['ada@example.com', [], []])
    server.close()
    const request = new Request(ORIGIN, { headers: { cookie } })
    const redirect = Response.redirect(ORIGIN)
    expect((await instance.auth.authenticate(request, redirect.headers))?.user.email).toBe('ada@example.com')
    const failures = instance.errors.length
    const next = await client.get('/auth/session')
    expect([next.status, next.headers.getSetCookie(), instance.errors.slice(failures)]).toEqual([
      200,
      [expect.stringContaining('Max-Age=1209600')],
      [],
    ])
  })

  test('headers that are sent while the renewal is stored are left as they are', async () => {
    const client = instance.client()
    await client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD, remember: true })
    instance.advance(25 * 3_600_000)
    const request = new Request(ORIGIN, { headers: { cookie: `latchkey=${client.cookies.get('latchkey')}` } })
    let asked = 0
    const answer = {
      get headersSent() {
        return asked++ > 0 // the application answers right after the first look
      },
      appendHeader: () => expect.unreachable('a header was added after the answer'),
    }
    expect(await instance.auth.authenticate(request, answer)).not.toBeNull()
  })

  test('the sweep deletes expired records, and nothing else (ASVS 14.2.7)', async () => {
    const user = await instance.auth.users.create({ email: 'sweep@example.com', password: PASSWORD })
    const client = instance.client()
    await client.post('/auth/login', { email: user.email, password: PASSWORD, remember: true })
    await instance.client().post('/auth/login', { email: user.email, password: PASSWORD })
    await instance.auth.sweep()
    expect(await instance.auth.sessions.list(user.id)).toHaveLength(2)
    instance.advance(25 * 3_600_000)
    expect(await instance.auth.sweep()).toBeGreaterThan(0)
    expect(await instance.auth.sweep()).toBe(0)
    expect((await instance.auth.sessions.list(user.id)).map(({ remembered }) => remembered)).toEqual([true])
  })

  test('an error of a listener changes nothing, and is reported (ASVS 16.3.4)', async () => {
    const errors: unknown[] = []
    const loud = await createLatchkey({
      baseUrl: ORIGIN,
      storage: sqlite(':memory:'),
      onEvent: () => {
        throw new Error('listener')
      },
      onError: (error) => errors.push(error),
    })
    await loud.users.create({ email: 'a@example.com', password: PASSWORD })
    expect(errors).toHaveLength(1)
    await loud.close()
  })

  test('failing listeners and a failing report do no harm: handler never rejects', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('listener')
    }
    const reports: unknown[] = []
    const spy = vi.spyOn(console, 'error').mockImplementation((...args) => void reports.push(args))
    const loud = await createLatchkey({
      baseUrl: ORIGIN,
      storage: sqlite(':memory:'),
      onEvent: fail,
      onRequest: () => {
        throw new Error('listener')
      },
      onError: fail,
    })
    const response = await loud.handler(
      new Request(`${ORIGIN}/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'a@example.com', password: PASSWORD }),
      }),
    )
    expect(response.status).toBe(201)
    await vi.waitFor(() => expect(reports.length).toBeGreaterThanOrEqual(3), { timeout: 20_000 })
    spy.mockRestore()
    await loud.close()
  })

  test('a user name set by the application follows the same rules', async () => {
    const input = { email: 'name@example.com', password: PASSWORD, name: '\u001b[31mroot\nforged' }
    await expect(instance.auth.users.create(input)).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('a secrets file that is empty, open to others or owned by others is refused (ASVS 13.3.2)', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'latchkey-')), 'other.db')
    writeFileSync(`${file}.secrets`, '', { mode: 0o600 })
    await expect(createLatchkey({ baseUrl: ORIGIN, storage: sqlite(file) })).rejects.toThrow(
      'does not contain a secret',
    )
    chmodSync(`${file}.secrets`, 0o644)
    await expect(createLatchkey({ baseUrl: ORIGIN, storage: sqlite(file) })).rejects.toThrow('chmod 600')
    chmodSync(`${file}.secrets`, 0o600)
    if (process.getuid?.() !== 0) return // only root can give a file away
    chownSync(`${file}.secrets`, 65_534, 65_534)
    await expect(createLatchkey({ baseUrl: ORIGIN, storage: sqlite(file) })).rejects.toThrow('Another user owns')
  })

  test('server-side calls refuse unknown ids', async () => {
    const id = '01a20561-b5ed-7332-a6ad-36fc2a9cc78b'
    await expect(instance.auth.users.disable(id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(instance.auth.users.delete('nonsense')).rejects.toMatchObject({ code: 'not_found' })
    await expect(instance.auth.sessions.revokeAll('nonsense')).rejects.toMatchObject({ code: 'not_found' })
    expect(await instance.auth.users.find('nonsense')).toBeNull()
    expect(await instance.auth.sessions.list(id)).toEqual([])
  })

  test.each([
    [{ baseUrl: 'example.com' }, 'baseUrl'],
    [{ baseUrl: 'https://example.com/' }, 'baseUrl'],
    [{ baseUrl: 'http://example.com' }, 'use https'],
    [{ baseUrl: 'https://id.example.co.uk', cookie: { domain: 'co.uk' } }, 'public suffix'],
    [{ baseUrl: 'https://me.github.io', cookie: { domain: 'github.io' } }, 'public suffix'],
    [{ baseUrl: 'https://id.example.com', cookie: { domain: 'example.org' } }, 'does not cover'],
    [{ cookie: { domain: 'localhost' } }, 'https'],
    [{ cookie: { domian: 'example.com' } }, 'cookie.domian: there is no such setting'],
    [{ baseURL: 'x' }, 'baseURL: there is no such setting'],
    [{ trustedOrigins: ['https://app.example.com/'] }, 'trustedOrigins.0'],
    [{ secrets: ['short'] }, '32 bytes'],
    [{ passwordHashing: { memoryKib: 1_024 } }, '19456'],
    [{ password: { minLength: 4 } }, 'password.minLength'],
    [{ session: { idleMs: -1 } }, 'session.idleMs'],
    [{ session: { idleMs: 9e15 } }, 'session.idleMs'],
    [{ session: { rememberedIdleMs: 401 * 86_400_000 } }, 'at most 400 days'],
    [{ session: { idleMs: 8 * 86_400_000 } }, 'longer than session.absoluteMs'],
    [{ session: { idleMs: 60_000 } }, 'touchWindowMs must be at most half'],
    [{ sweepIntervalMs: 3e9 }, 'sweepIntervalMs'],
    [{ audit: { retentionMs: 365 } }, 'at least one day in milliseconds'],
    [{ actor: '01a20561-b5ed-7332-a6ad-36fc2a9cc78b' }, 'must not look like the id of a user'],
    [{ actor: 'a\nb' }, 'actor'],
    [{ passwordHashing: { memoryKib: 2 ** 33 } }, 'passwordHashing.memoryKib'],
    [{ trustedOrigins: ['https://*.example.com'] }, 'trustedOrigins.0'],
    [{ baseUrl: 'https://example.com', cookie: { domain: 'com.' } }, 'cookie.domain'],
    [{ storage: {} }, 'storage'],
    [{ trustProxy: ['nonsense'] }, 'trustProxy'],
    [{ onEvent: 'x' }, 'onEvent'],
  ])('wrong use is loud: %j says %s (promise 10)', async (options, message) => {
    const all = { baseUrl: ORIGIN, storage: sqlite(':memory:'), ...options } as Parameters<typeof createLatchkey>[0]
    await expect(createLatchkey(all)).rejects.toThrow(message)
  })
})
