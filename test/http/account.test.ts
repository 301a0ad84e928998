import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../support/client.ts'
import { type Instance, PASSWORD, REAL_COST, RINGS, startInstance } from '../support/rings.ts'

const MINUTE = 60_000
const NEW_PASSWORD = 'another long password'

describe.each(RINGS)('the own account (%s)', (ring) => {
  let instance: Instance
  let count = 0
  beforeAll(async () => {
    instance = await startInstance(ring, {}, REAL_COST) // the races need hashes that take a while
  })
  afterAll(() => instance.close())

  async function register(): Promise<{ client: Client; email: string; id: string; sessionId: string }> {
    const client = instance.client()
    const email = `user${count++}@example.com`
    const { body } = await client.post('/auth/register', { email, password: PASSWORD })
    return { client, email, id: body.user.id, sessionId: body.session.id }
  }

  test('reauthenticate: same id, new token, the old token refused, the session fresh (ASVS 7.2.4)', async () => {
    const { client, sessionId } = await register()
    const before = client.cookies.get('latchkey')
    instance.advance(11 * MINUTE)
    const reply = await client.post('/auth/reauthenticate', { password: PASSWORD })
    expect(reply.status).toBe(200)
    expect(reply.body.session).toMatchObject({ id: sessionId, current: true })
    const after = client.cookies.get('latchkey')
    expect(after).not.toBe(before)
    expect((await instance.client().get('/auth/session', { cookie: `latchkey=${before}` })).status).toBe(401)
    expect((await client.get('/auth/session')).body.session.authenticatedAt).toBe(reply.body.session.authenticatedAt)
  })

  test('a wrong password at reauthenticate is 403 and the session stays valid', async () => {
    const { client } = await register()
    const reply = await client.post('/auth/reauthenticate', { password: 'wrong' })
    expect([reply.status, reply.body.code]).toEqual([403, 'wrong_password'])
    expect(reply.headers.getSetCookie()).toEqual([])
    expect((await client.get('/auth/session')).status).toBe(200)
  })

  test('twenty simultaneous reauthentications with one cookie: one wins, one session is left', async () => {
    const { client } = await register()
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    const replies = await Promise.all(
      Array.from({ length: 20 }, () =>
        instance.client().post('/auth/reauthenticate', { password: PASSWORD }, { cookie }),
      ),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(19)
    // The winner's cookie may already be in the browser, so a loser whose cookie was valid on arrival must not clear it.
    // Behind a server, some requests arrive after the winner, with a cookie that is already dead.
    if (ring.startsWith('server')) return
    for (const { status, headers } of replies) expect(headers.getSetCookie()).toHaveLength(status === 200 ? 1 : 0)
  })

  test('changing the password revokes all other sessions; this one stays, with a new token (ASVS 6.2.2, 7.4.3)', async () => {
    const { client, email, sessionId } = await register()
    const other = instance.client()
    await other.post('/auth/login', { email, password: PASSWORD })
    const before = client.cookies.get('latchkey')
    const reply = await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect(reply.status).toBe(200)
    expect(reply.body.session.id).toBe(sessionId)
    expect((await other.get('/auth/session')).status).toBe(401)
    expect((await instance.client().get('/auth/session', { cookie: `latchkey=${before}` })).status).toBe(401)
    expect((await client.get('/auth/sessions')).body.sessions).toHaveLength(1)
    expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(401)
    expect((await instance.client().post('/auth/login', { email, password: NEW_PASSWORD })).status).toBe(200)
  })

  test('a wrong or missing current password, or a bad new one, changes nothing (ASVS 6.2.3)', async () => {
    const { client, email } = await register()
    const wrong = await client.post('/auth/password/change', { currentPassword: 'wrong', newPassword: NEW_PASSWORD })
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password'])
    expect((await client.post('/auth/password/change', { newPassword: NEW_PASSWORD })).status).toBe(422)
    const short = await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: 'short' })
    expect(short.body.errors[0].pointer).toBe('#/newPassword')
    const same = await client.post('/auth/password/change', { currentPassword: PASSWORD, newPassword: PASSWORD })
    expect(same.status).toBe(422)
    expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(200)
  })

  test('deleting the account needs a fresh session, and revokes everything', async () => {
    const { client, email, id } = await register()
    instance.advance(10 * MINUTE)
    const stale = await client.delete('/auth/user')
    expect([stale.status, stale.body.code]).toEqual([403, 'reauthentication_required'])
    await client.post('/auth/reauthenticate', { password: PASSWORD })
    expect((await client.delete('/auth/user')).status).toBe(204)
    expect([...client.cookies.keys()]).toEqual(['latchkey-device'])
    expect(await instance.auth.users.find(id)).toBeNull()
    expect((await instance.client().post('/auth/login', { email, password: PASSWORD })).status).toBe(401)
  })

  test("another user's session, an unknown id and a malformed id get the same 404", async () => {
    const { client } = await register()
    const { client: victim, sessionId } = await register()
    const replies = []
    for (const id of [sessionId, '01a20561-b5ed-7332-a6ad-36fc2a9cc78b', 'nonsense', '..%2f..', '%00']) {
      replies.push(await client.delete(`/auth/sessions/${id}`))
    }
    for (const { status, text } of replies) expect([status, text]).toEqual([404, replies[0]?.text])
    expect((await victim.get('/auth/session')).status).toBe(200)
  })

  test('revoking the current session by its id clears the cookie', async () => {
    const { client, sessionId } = await register()
    expect((await client.delete(`/auth/sessions/${sessionId}`)).status).toBe(204)
    expect([...client.cookies.keys()]).toEqual(['latchkey-device'])
  })

  test('revoking all other sessions returns their number', async () => {
    const { client, email } = await register()
    const others = [instance.client(), instance.client()]
    for (const other of others) await other.post('/auth/login', { email, password: PASSWORD })
    expect((await client.delete('/auth/sessions')).body).toEqual({ revoked: 2 })
    for (const other of others) expect((await other.get('/auth/session')).status).toBe(401)
    expect((await client.get('/auth/session')).status).toBe(200)
    expect((await client.delete('/auth/sessions')).body).toEqual({ revoked: 0 })
  })

  test('every route that needs a session answers anonymous requests with 401 (ASVS 8.2.1, 8.3.1)', async () => {
    const { paths } = (await instance.client().get('/auth/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown }>>
    }
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const init = {
          method: method.toUpperCase(),
          headers: { 'content-type': 'application/json' },
          body: method === 'get' ? null : '{}',
        }
        const { status, body: answer } = await instance.client().request(path, init)
        // A login attempt has a cookie of its own; one of its pages is HTML for everyone.
        const isAboutAttempt = path.startsWith('/auth/login/') && (answer?.code ?? 'attempt_ended') === 'attempt_ended'
        const asksForSession = status === 401 && !isAboutAttempt
        expect([method, path, asksForSession]).toEqual([method, path, security !== undefined])
      }
    }
  })

  test('a user who is logged out or disabled while a body arrives can no longer change anything', async () => {
    for (const end of ['revoke', 'disable'] as const) {
      const { client, id, sessionId } = await register()
      const cookie = `latchkey=${client.cookies.get('latchkey')}`
      let finish = (): void => undefined
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"name":'))
          finish = () => {
            controller.enqueue(new TextEncoder().encode('"Mallory"}'))
            controller.close()
          }
        },
      })
      const headers = { cookie, 'content-type': 'application/json' }
      const renaming = instance
        .client()
        .request('/auth/user', { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit)
      await client.get('/auth/session') // the slow request arrived before this one
      if (end === 'revoke') await instance.auth.sessions.revoke(id, sessionId)
      else await instance.auth.users.disable(id)
      finish()
      expect((await renaming).status).toBe(401)
      expect((await instance.auth.users.find(id))?.name).toBeNull()
    }
  })

  test('registration can be closed; the application can still create users', async () => {
    const closed = await startInstance(ring, { registration: 'closed' })
    const reply = await closed.client().post('/auth/register', { email: 'a@example.com', password: PASSWORD })
    expect([reply.status, reply.body.code]).toEqual([403, 'registration_closed'])
    expect((await closed.client().get('/auth')).body.features).not.toContain('register')
    await closed.auth.users.create({ email: 'a@example.com', password: PASSWORD })
    expect((await closed.client().post('/auth/login', { email: 'a@example.com', password: PASSWORD })).status).toBe(200)
    await closed.close()
  })

  test('events contain what happened, the user, the network address, and the reason of a refusal (ASVS 16.2.1, 16.3.1, 16.3.2)', async () => {
    const before = instance.events.length
    const { client, id } = await register()
    await client.post('/auth/reauthenticate', { password: 'wrong' })
    await client.post('/auth/logout')
    const events = instance.events.slice(before)
    expect(events.map(({ type }) => type)).toEqual([
      'user.created',
      'login.succeeded',
      'reauthentication.refused',
      'session.revoked',
    ])
    for (const event of events) {
      expect(event).toMatchObject({ userId: id, requestId: expect.any(String), client: { ip: '127.0.0.1' } })
    }
  })
})
