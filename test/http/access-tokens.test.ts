/* Access tokens: secrets that users make for scripts and other machines (DESIGN section 3, RFC 6750). */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Seams } from '../../src/seams.ts'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import type { Client, Reply } from '../support/client.ts'
import { type Instance, PASSWORD, REAL_COST, RINGS, type Ring, startInstance } from '../support/rings.ts'

const ADA = 'ada@example.com'
const DAY_MS = 24 * 60 * 60 * 1_000
const SCOPES = ['read', 'write']

async function start(ring: Ring, options: Partial<LatchkeyOptions> = {}, seams?: Seams): Promise<Instance> {
  const instance = await startInstance(ring, { scopes: SCOPES, ...options }, seams)
  onTestFinished(() => instance.close())
  return instance
}

async function register(instance: Instance, email = ADA): Promise<Client> {
  const client = instance.client()
  expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
  return client
}

async function createToken(client: Client, body: object = {}): Promise<{ token: string; id: string }> {
  const { status, body: made } = await client.post('/auth/tokens', { name: 'backup', scopes: ['read'], ...body })
  expect(status).toBe(201)
  return { token: made.token, id: made.accessToken.id }
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

function asToken(instance: Instance, token: string, path = '/auth/user'): Promise<Reply> {
  return instance.client().get(path, bearer(token))
}

describe.each(RINGS)('access tokens (%s)', (ring) => {
  test('are created in a fresh session, shown once, listed without their secret, and act for their user (ASVS 14.2.6, 15.3.1)', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const made = await ada.post('/auth/tokens', { name: ' nightly backup ', scopes: ['read', 'write'] })
    expect(made.status).toBe(201)
    const { token, accessToken } = made.body
    expect(token).toMatch(/^lkp_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/)
    const created = Date.parse(accessToken.createdAt)
    expect(accessToken).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'nightly backup',
      scopes: ['read', 'write'],
      lastFour: token.slice(-4),
      createdAt: expect.any(String),
      expiresAt: new Date(created + 90 * DAY_MS).toISOString(),
      lastUsedAt: null,
    })
    const listed = await ada.get('/auth/tokens')
    expect(listed.body).toEqual({ tokens: [accessToken] })
    expect(await instance.stored()).not.toContain(token)

    const answer = await asToken(instance, token)
    expect([answer.status, answer.body.user.email]).toEqual([200, ADA])
    expect(answer.headers.getSetCookie()).toEqual([])
    const principal = await instance.auth.authenticate(
      new Request('http://localhost:3000/', { headers: bearer(token) }),
    )
    expect(principal).toMatchObject({ kind: 'access_token', user: { email: ADA }, scopes: ['read', 'write'] })
    expect(JSON.stringify(instance.events)).not.toContain(token)
    expect(instance.events).toContainEqual(
      expect.objectContaining({ type: 'access_token.created', tokenId: accessToken.id }),
    )
  })

  test('cannot manage credentials, sessions or other tokens (ASVS 7.2.2, 8.2.1, 9.2.2)', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { token, id } = await createToken(ada)
    const json = { 'content-type': 'application/json' }
    const calls: readonly (readonly [string, string, object?])[] = [
      ['GET', '/auth/session'],
      ['GET', '/auth/sessions'],
      ['DELETE', '/auth/sessions'],
      ['GET', '/auth/tokens'],
      ['POST', '/auth/tokens', { name: 'more', scopes: [] }],
      ['DELETE', `/auth/tokens/${id}`],
      ['PATCH', '/auth/user', { name: 'Eve' }],
      ['DELETE', '/auth/user'],
      ['GET', '/auth/user/export'],
      ['GET', '/auth/user/events'],
      ['POST', '/auth/reauthenticate', { password: PASSWORD }],
      ['POST', '/auth/password/change', { currentPassword: PASSWORD, newPassword: 'another long password' }],
      ['POST', '/auth/email/change', { email: 'eve@example.com' }],
    ]
    for (const [method, path, body] of calls) {
      const init = { method, headers: { ...bearer(token), ...json }, ...(body && { body: JSON.stringify(body) }) }
      const { status, body: problem, headers } = await instance.client().request(path, init)
      expect([path, status, problem.code]).toEqual([path, 403, 'insufficient_scope'])
      expect(headers.get('www-authenticate')).toMatch(/^Bearer .*error="insufficient_scope"/)
    }
    // Logging out with an access token does not revoke anything either.
    expect((await instance.client().request('/auth/logout', { method: 'POST', headers: bearer(token) })).status).toBe(
      204,
    )
    expect((await asToken(instance, token)).status).toBe(200)
    expect((await ada.get('/auth/session')).status).toBe(200)
  })

  test('an invalid token gets 401 invalid_token, with the challenge of RFC 6750', async () => {
    const instance = await start(ring)
    const { token } = await createToken(await register(instance))
    const altered = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    for (const text of [
      '',
      'lkp_',
      altered,
      `${token}x`,
      token.replace('lkp_', 'lkv_'),
      'abc.def.ghi',
      'x'.repeat(5_000),
    ]) {
      const answer = await asToken(instance, text)
      expect([text, answer.status, answer.body.code]).toEqual([text, 401, 'invalid_token'])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"')
      expect(await instance.auth.authenticate(new Request('http://x/', { headers: bearer(text) }))).toBeNull()
    }
    expect((await instance.client().get('/auth/user', { authorization: 'Basic YTpi' })).body.code).toBe(
      'unauthenticated',
    )
  })

  test('a cookie beside a token is 400', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { token } = await createToken(ada)
    const answer = await ada.get('/auth/user', bearer(token))
    expect([answer.status, answer.body.code]).toEqual([400, 'two_credentials'])
  })

  test('creating an access token needs a fresh session', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    instance.advance(10 * 60 * 1_000)
    const stale = await ada.post('/auth/tokens', { name: 'backup', scopes: [] })
    expect([stale.status, stale.body.code]).toEqual([403, 'reauthentication_required'])
    expect((await instance.client().post('/auth/tokens', { name: 'backup', scopes: [] })).status).toBe(401)
    expect((await ada.get('/auth/tokens')).body).toEqual({ tokens: [] })
  })

  test.each([
    [{ scopes: ['read', 'admin'] }, '#/scopes'],
    [{ scopes: ['read', 'read'] }, '#/scopes'],
    [{ scopes: 'read' }, '#/scopes'],
    [{ name: '' }, '#/name'],
    [{ name: 'x'.repeat(101) }, '#/name'],
    [{ name: 'a\u0000b' }, '#/name'],
    [{ expiresAt: null }, '#/expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, '#/expiresAt'],
    [{ expiresAt: 'tomorrow' }, '#/expiresAt'],
    [{ expiresAt: '9999-12-31T23:59:59-23:59' }, '#/expiresAt'],
    [{ userId: 'x' }, '#/userId'],
  ])('%j is refused at %s', async (change, pointer) => {
    const instance = await start(ring)
    const ada = await register(instance)
    const answer = await ada.post('/auth/tokens', { name: 'backup', scopes: ['read'], ...change })
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer])
  })

  test('expire at their expiry and not before; they never expire only if the settings allow it', async () => {
    const instance = await start(ring, { accessTokens: { allowNoExpiry: true, lifetimeMs: DAY_MS } })
    const ada = await register(instance)
    const short = await createToken(ada)
    const long = await createToken(ada, { expiresAt: new Date(Date.now() + 400 * DAY_MS).toISOString() })
    const forever = await createToken(ada, { expiresAt: null })
    instance.advance(DAY_MS - 1)
    expect((await asToken(instance, short.token)).status).toBe(200)
    instance.advance(1)
    expect((await asToken(instance, short.token)).body.code).toBe('invalid_token')
    instance.advance(500 * DAY_MS)
    expect((await asToken(instance, long.token)).body.code).toBe('invalid_token')
    expect((await asToken(instance, forever.token)).status).toBe(200)
    await instance.auth.sweep()
    const user = await instance.auth.users.find(ADA)
    expect((await instance.auth.tokens.list(user?.id ?? '')).map(({ id }) => id)).toEqual([forever.id])
  })

  test('the settings limit how far away an expiry may be, for the application as well (ASVS 2.2.3)', async () => {
    const instance = await start(ring, { accessTokens: { maxLifetimeMs: 30 * DAY_MS, lifetimeMs: DAY_MS } })
    const ada = await register(instance)
    const make = (expiresAt: number) =>
      ada.post('/auth/tokens', { name: 'backup', scopes: [], expiresAt: new Date(expiresAt).toISOString() })
    expect((await make(Date.now() + 29 * DAY_MS)).status).toBe(201)
    const tooLong = await make(Date.now() + 31 * DAY_MS)
    expect([tooLong.status, tooLong.body.errors[0].detail]).toEqual([422, 'Must be at most 30 days from now.'])
    const id = (await instance.auth.users.find(ADA))?.id ?? ''
    for (const expiresAt of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e17,
      Date.now() + 0.5,
      new Date('x') as unknown as number,
    ]) {
      const made = instance.auth.tokens.create(id, { name: 'backup', scopes: [], expiresAt })
      await expect(made).rejects.toMatchObject({ code: 'validation_failed' })
    }
    expect(await instance.auth.tokens.list(id)).toHaveLength(1)
  })

  test('the prefix is a setting', async () => {
    const instance = await start(ring, { accessTokens: { prefix: 'acme' } })
    const { token } = await createToken(await register(instance))
    expect(token).toMatch(/^acme_/)
    for (const _ of ['cold', 'warm']) expect((await asToken(instance, token)).status).toBe(200)
    expect((await asToken(instance, token.replace('acme', 'lkp'))).body.code).toBe('invalid_token')
  })

  test('with a limit of 0, no user can create a token', async () => {
    const instance = await start(ring, { accessTokens: { maxPerUser: 0 } })
    const ada = await register(instance)
    expect((await ada.post('/auth/tokens', { name: 'backup', scopes: [] })).body.code).toBe('too_many_tokens')
  })

  test('the limit per user holds, even if tokens are created at the same moment (ASVS 2.3.2)', async () => {
    const instance = await start(ring, { accessTokens: { maxPerUser: 3 } })
    const ada = await register(instance)
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ada.post('/auth/tokens', { name: 'backup', scopes: [] })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too_many_tokens')
    expect((await ada.get('/auth/tokens')).body.tokens).toHaveLength(3)
  })

  test('are revoked at once, on every node, and only by their user (ASVS 8.2.2)', async () => {
    const instance = await start(ring)
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const ada = await register(instance)
    const eve = await register(instance, 'eve@example.com')
    const { token, id } = await createToken(ada)
    const request = (): Request => new Request('http://localhost:3000/', { headers: bearer(token) })
    expect(await other.authenticate(request())).not.toBeNull()
    expect((await eve.delete(`/auth/tokens/${id}`)).status).toBe(404)
    expect((await eve.delete('/auth/tokens/no-id')).status).toBe(404)
    expect((await asToken(instance, token)).status).toBe(200)
    expect((await ada.delete(`/auth/tokens/${id}`)).status).toBe(204)
    expect((await asToken(instance, token)).status).toBe(401)
    await expect.poll(() => other.authenticate(request()), { timeout: 1_000, interval: 5 }).toBeNull()
    expect((await ada.delete(`/auth/tokens/${id}`)).status).toBe(404)
    expect((await ada.get('/auth/session')).status).toBe(200)
  })

  test('a verification costs no query when warm, one read when cold, and no write within the touch window', async () => {
    const instance = await start(ring)
    const { token } = await createToken(await register(instance))
    const request = new Request('http://localhost:3000/', { headers: bearer(token) })
    const statementsOf = async (): Promise<string[]> => {
      const before = instance.statements.length
      await instance.auth.authenticate(request)
      return instance.statements.slice(before)
    }
    expect(await statementsOf()).toEqual([expect.stringMatching(/^select .* from .*access_tokens/)])
    expect(await statementsOf()).toEqual([])
    instance.advance(59_999)
    expect(await statementsOf()).toEqual([])
    instance.advance(1)
    expect(await statementsOf()).toHaveLength(1)
    expect(await statementsOf()).toEqual([])
  })

  test('the last use is recorded', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { token } = await createToken(ada)
    await asToken(instance, token)
    await expect
      .poll(async () => (await ada.get('/auth/tokens')).body.tokens[0].lastUsedAt, { timeout: 8_000 })
      .toEqual(expect.any(String))
  })

  test('are revoked with all sessions: reset, disabled, deleted; a password change does not revoke them', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { token } = await createToken(ada)
    const user = await instance.auth.users.find(ADA)
    const change = { currentPassword: PASSWORD, newPassword: 'another long password' }
    expect((await ada.post('/auth/password/change', change)).status).toBe(200)
    expect((await asToken(instance, token)).status).toBe(200)
    expect((await ada.post('/auth/tokens', { name: 'after the change', scopes: [] })).status).toBe(201)
    await instance.auth.users.forcePasswordReset(user?.id ?? '')
    expect((await asToken(instance, token)).status).toBe(401)

    const eve = await register(instance, 'eve@example.com')
    const ofEve = await createToken(eve)
    expect((await asToken(instance, ofEve.token)).status).toBe(200)
    expect((await eve.delete('/auth/user')).status).toBe(204)
    expect((await asToken(instance, ofEve.token)).status).toBe(401)
  })

  test('a session that is revoked while it creates tokens leaves none behind', async () => {
    const instance = await start(ring, { accessTokens: { maxPerUser: 100 } }, REAL_COST)
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const ada = await register(instance)
    const id = (await instance.auth.users.find(ADA))?.id ?? ''
    const headers = {
      'content-type': 'application/json',
      cookie: [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    const make = (): Promise<Response> => {
      const body = JSON.stringify({ name: 'late', scopes: [] })
      const request = new Request('http://localhost:3000/auth/tokens', { method: 'POST', headers, body })
      return other.handler(request)
    }
    const before = Array.from({ length: 8 }, make)
    const reset = instance.auth.users.forcePasswordReset(id)
    const replies = await Promise.all([...before, ...Array.from({ length: 8 }, make)])
    await reset
    expect(replies.map(({ status }) => status).filter((status) => status !== 201 && status !== 401)).toEqual([])
    expect(await instance.auth.tokens.list(id)).toEqual([])
  })

  test('a password reset by email revokes them (contract of POST /auth/password/reset)', async () => {
    const instance = await start(ring)
    const { token } = await createToken(await register(instance))
    await instance.client().post('/auth/password/forgot', { email: ADA })
    const reset = tokenIn(await instance.waitForMail(mailTo(ADA, '/password/reset?')))
    const body = { token: reset, password: 'another long password' }
    expect((await instance.client().post('/auth/password/reset', body)).status).toBe(204)
    expect((await asToken(instance, token)).status).toBe(401)
  })

  test('a scope that the application no longer has is not granted and cannot be required; require names the missing scopes', async () => {
    const instance = await start(ring)
    const { token } = await createToken(await register(instance), { scopes: ['read', 'write'] })
    const other = await instance.sibling({ scopes: ['read', 'admin'] })
    onTestFinished(() => other.close())
    const request = new Request('http://localhost:3000/', { headers: bearer(token) })
    expect((await other.authenticate(request))?.scopes).toEqual(['read'])
    await expect(other.require(request, { scopes: ['write'] })).rejects.toThrow('scopes.0: must be a scope')
    const refused = await other.require(request, { scopes: ['admin'] }).catch((error) => other.toResponse(error))
    expect(refused).toBeInstanceOf(Response)
    const response = refused as Response
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="latchkey", error="insufficient_scope", scope="admin"',
    ])
    await expect(other.require(request, { session: true })).rejects.toMatchObject({ code: 'insufficient_scope' })
    await expect(other.require(request, { fresh: true })).rejects.toMatchObject({ code: 'insufficient_scope' })
    expect((await other.require(request, { scopes: ['read'] })).kind).toBe('access_token')
  })
})
