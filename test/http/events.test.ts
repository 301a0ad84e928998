/* The events that users see, and the secrets that the audit log must not contain. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, startInstance } from '../support/rings.ts'

const NEW_PASSWORD = 'another long password'

describe.each(RINGS)('events for people (%s)', (ring) => {
  let instance: Instance
  let count = 0
  beforeAll(async () => {
    instance = await startInstance(ring, { deliverMails: false })
  })
  afterAll(() => instance.close())

  async function register(): Promise<{ client: Client; email: string; id: string; sessionId: string }> {
    const client = instance.client()
    const email = `events${count++}@example.com`
    const { body } = await client.post('/auth/register', { email, password: PASSWORD })
    return { client, email, id: body.user.id, sessionId: body.session.id }
  }

  const listed = async (client: Client, query = ''): Promise<Record<string, unknown>[]> =>
    (await client.get(`/auth/user/events${query}`)).body.events

  test('users see their actions and the attempts of others, newest first, with device and actor', async () => {
    const { client, email, id, sessionId } = await register()
    await instance.client().post('/auth/login', { email, password: 'wrong' }, { 'user-agent': 'curl/8.0' })
    instance.advance(1_000)
    await client.patch('/auth/user', { name: 'Ada' })
    await client.post('/auth/reauthenticate', { password: 'wrong' })
    const events = await listed(client)
    expect(events.map(({ type }) => type)).toEqual([
      'reauthentication.refused',
      'user.renamed',
      'login.refused',
      'login.succeeded',
      'user.created',
    ])
    expect(events[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'reauthentication.refused',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      sessionId,
      device: { ip: '127.0.0.1', userAgent: ring.startsWith('server') ? 'node' : null, label: expect.any(String) },
      byYou: true,
    })
    expect(events[2]).toMatchObject({ device: { ip: '127.0.0.1', userAgent: 'curl/8.0', label: 'curl' } })
    expect(events[2]).not.toHaveProperty('byYou')
    expect(events[2]).not.toHaveProperty('sessionId')
    await instance.auth.users.disable(id)
    await instance.auth.users.enable(id)
    await client.post('/auth/login', { email, password: PASSWORD })
    expect((await listed(client)).slice(1, 3)).toEqual([
      expect.objectContaining({ type: 'user.enabled', device: null, byYou: false }),
      expect.objectContaining({ type: 'user.disabled', device: null, byYou: false }),
    ])
  })

  test('users never see events of another user, or which other user acted (ASVS 8.2.2)', async () => {
    const [ada, mallory] = [await register(), await register()]
    await mallory.client.post('/auth/login', { email: ada.email, password: 'wrong' })
    await instance.client().post('/auth/login', { email: 'nobody@example.com', password: 'wrong' })
    const [seenByAda, seenByMallory] = [await listed(ada.client), await listed(mallory.client)]
    expect(seenByAda.map(({ type }) => type)).toEqual(['login.refused', 'login.succeeded', 'user.created'])
    expect(seenByAda[0]).not.toHaveProperty('byYou')
    expect(JSON.stringify(seenByAda)).not.toContain(mallory.id)
    expect(seenByMallory.map(({ type }) => type)).toEqual(['login.succeeded', 'user.created'])
    const ids = new Set(seenByAda.map(({ id }) => id))
    expect(seenByMallory.some(({ id }) => ids.has(id))).toBe(false)
    const foreign = await listed(mallory.client, `?before=${seenByAda[0]?.id}`)
    expect(foreign.every(({ id }) => seenByMallory.some((own) => own.id === id))).toBe(true)
    expect((await instance.client().get('/auth/user/events')).status).toBe(401)
  })

  test('pages have at most 100 events and continue after the last id; a malformed query is refused (ASVS 1.4.2)', async () => {
    const { client } = await register()
    for (let round = 0; round < 103; round++) await client.patch('/auth/user', { name: `Ada ${round}` })
    const first = await listed(client)
    expect(first).toHaveLength(100)
    const second = await listed(client, `?before=${first.at(-1)?.id}`)
    expect(second.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 3 }, () => 'user.renamed'),
      'login.succeeded',
      'user.created',
    ])
    expect(await listed(client, `?before=${second.at(-1)?.id}`)).toEqual([])
    for (const nonsense of ['x', '1', "'", '%00']) {
      const reply = await client.get(`/auth/user/events?before=${nonsense}`)
      expect([nonsense, reply.status, reply.body.code]).toEqual([nonsense, 400, 'bad_request'])
    }
  })

  test('the account page shows events as sentences, eight at a time', async () => {
    const { client, email } = await register()
    await instance.client().post('/auth/login', { email, password: 'wrong' }, { 'user-agent': '<b>curl</b>' })
    const page = await client.get('/auth/account/activity')
    expect(page.text).toContain('Login failed')
    expect(page.text).not.toContain('<b>curl')
    expect(page.text).not.toContain('before=')
    for (let round = 0; round < 10; round++) await client.patch('/auth/user', { name: `Ada ${round}` })
    const first = (await client.get('/auth/account/activity')).text
    expect(first.match(/Name changed/g)).toHaveLength(8)
    expect(first).not.toContain('Login failed')
    const [older = ''] = /\/auth\/account\/activity\?before=[\w-]+/.exec(first) ?? []
    const second = (await client.get(older)).text
    expect(second.match(/Name changed/g)).toHaveLength(2)
    expect(second).toContain('Login failed')
    const german = (await client.get(`${older}&lang=de`)).text
    expect(german).toContain('Anmeldung fehlgeschlagen')
  })

  test('the list is in the features of the metadata, and in the OpenAPI document', async () => {
    expect((await instance.client().get('/auth')).body.features).toContain('events')
    const { paths } = (await instance.client().get('/auth/openapi.json')).body
    expect(paths['/auth/user/events'].get.parameters).toEqual([
      { name: 'before', in: 'query', description: expect.any(String), schema: { type: 'string' } },
      { name: 'limit', in: 'query', description: expect.any(String), schema: { type: 'integer' } },
    ])
  })

  test('the audit log contains no secret and no email address, after every action (ASVS 16.2.5)', async () => {
    const { client, email, id } = await register()
    const secrets = [PASSWORD, NEW_PASSWORD, 'a wrong one', 'example.com', '$argon2', 'lks_']
    const keep = (): void => {
      for (const value of client.cookies.values()) secrets.push(value)
    }
    const other = instance.client()
    keep()
    await other.post('/auth/login', { email: 'nobody@example.com', password: 'a wrong one' })
    await other.post('/auth/login', { email, password: 'a wrong one' }, { cookie: `latchkey=${secrets.at(-1)}` })
    await other.post('/auth/login', { email, password: PASSWORD, remember: true })
    await client.post('/auth/reauthenticate', { password: 'a wrong one' })
    await client.post('/auth/reauthenticate', { password: PASSWORD })
    keep()
    await client.post('/auth/password/change', { currentPassword: 'a wrong one', newPassword: NEW_PASSWORD })
    await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    keep()
    await client.patch('/auth/user', { name: 'Ada' })
    await client.post('/auth/login', { email, password: NEW_PASSWORD })
    keep()
    await client.post('/auth/register', { email: 'grace@example.com', password: PASSWORD })
    await client.delete('/auth/sessions')
    await client.delete('/auth/sessions/01a20561-b5ed-7332-a6ad-36fc2a9cc78b')
    await instance.auth.users.disable(id)
    await instance.auth.users.enable(id)
    await instance.auth.sessions.revokeAll(id)
    await client.post('/auth/logout')
    instance.advance(40 * 86_400_000)
    await instance.auth.sweep()
    await client.delete('/auth/user')
    const rows = await instance.runSql('SELECT * FROM audit_events')
    const text = JSON.stringify(rows)
    expect(rows.length).toBeGreaterThan(15)
    expect(secrets.length).toBeGreaterThan(9)
    for (const secret of secrets) expect([secret, text.includes(secret)]).toEqual([secret, false])
  })
})
