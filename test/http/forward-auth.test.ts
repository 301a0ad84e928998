/* Answers to proxies at GET /auth/verify (DESIGN section 3). With real proxies: test/forward-auth.test.ts. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Client } from '../support/client.ts'
import { type Instance, ORIGIN, PASSWORD, RINGS, type Ring, startInstance } from '../support/rings.ts'

const ADA = 'ada@example.com'
const APP = 'https://app.example.com'
const DAY_MS = 24 * 60 * 60 * 1_000
/** Headers of Caddy and Traefik for a request to the host of `ORIGIN`. */
const original = (method: string, uri = '/reports?year=2026&page=2'): Record<string, string> => ({
  'x-forwarded-method': method,
  'x-forwarded-host': 'localhost:3000',
  'x-forwarded-uri': uri,
})
const GET = original('GET')
const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9' }

async function start(ring: Ring, options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const instance = await startInstance(ring, { scopes: ['read', 'write'], trustedOrigins: [APP], ...options })
  onTestFinished(() => instance.close())
  return instance
}

async function register(instance: Instance, email = ADA): Promise<Client> {
  const client = instance.client()
  expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
  return client
}

async function tokenOf(
  client: Client,
  scopes: readonly string[],
): Promise<{ id: string; bearer: Record<string, string> }> {
  const { body } = await client.post('/auth/tokens', { name: 'backup', scopes })
  return { id: body.accessToken.id, bearer: { authorization: `Bearer ${body.token}` } }
}

/** The claims of a JWT, checked against the key that it names. */
function verified(
  jwt: string | null,
  keys: readonly (JsonWebKey & { kid: string })[],
): Record<string, unknown> & { iat: number } {
  const [header = '', payload = '', signature = ''] = jwt?.split('.') ?? []
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const key = keys.find(({ kid }) => kid === read(header).kid)
  const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' })
  expect(verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  return read(payload)
}

/** The headers of an identity. */
const identity = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-auth-')))

describe.each(RINGS)('forward-auth (%s)', (ring) => {
  test('a session gets the headers of its user, and has every scope', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { user, session } = (await ada.get('/auth/session')).body
    const answer = await ada.get('/auth/verify', GET)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(identity(answer.headers)).toEqual({
      'x-auth-user-id': user.id,
      'x-auth-user-email': ADA,
      'x-auth-session-id': session.id,
      'x-auth-methods': 'password',
      'x-auth-scopes': 'read write',
    })
    expect((await ada.get('/auth/verify?scope=read&scope=write', GET)).status).toBe(204)
    expect((await ada.get('/auth')).body.features).toContain('forward_auth')
  })

  test('an access token gets the headers of its user, and must have every required scope', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { id, bearer } = await tokenOf(ada, ['read'])
    const script = instance.client()
    const answer = await script.get('/auth/verify?scope=read', { ...bearer, ...original('POST') })
    expect(answer.status).toBe(204)
    expect(identity(answer.headers)).toEqual({
      'x-auth-user-id': (await ada.get('/auth/session')).body.user.id,
      'x-auth-user-email': ADA,
      'x-auth-token-id': id,
      'x-auth-methods': 'access_token',
      'x-auth-scopes': 'read',
    })
    for (const query of ['scope=write', 'scope=read&scope=write', 'scope=write&scope=read']) {
      const refused = await script.get(`/auth/verify?${query}`, { ...bearer, ...GET })
      expect([query, refused.status, refused.body.code]).toEqual([query, 403, 'insufficient_scope'])
      expect(refused.headers.get('www-authenticate')).toContain('write')
      expect(identity(refused.headers)).toEqual({})
    }
    await ada.delete(`/auth/tokens/${id}`)
    const revoked = await script.get('/auth/verify', { ...bearer, ...GET })
    expect([revoked.status, revoked.body.code]).toEqual([401, 'invalid_token'])
  })

  test('no credentials and a revoked session are 401, and two credentials are 400', async () => {
    const instance = await start(ring)
    const nobody = await instance.client().get('/auth/verify', GET)
    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthenticated'])
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Cookie /)
    const ada = await register(instance)
    const { bearer } = await tokenOf(ada, [])
    expect((await ada.get('/auth/verify', { ...GET, ...bearer })).body.code).toBe('two_credentials')
    const cookie = `latchkey=${ada.cookies.get('latchkey')}`
    await ada.post('/auth/logout')
    const ended = await instance.client().get('/auth/verify', { ...GET, cookie })
    expect([ended.status, ended.headers.getSetCookie()[0]]).toEqual([401, expect.stringContaining('Max-Age=0')])
  })

  test('an unknown query parameter is refused: a misspelt scope must not mean that no scope is required', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    for (const query of [
      'scopes=read',
      'scope=reed',
      'scope=',
      'scope=read%20write',
      'scope=read&scope=reed',
      'redirect=account',
      'redirect=login&redirect=login',
      'redirect=',
      'audience=',
      'audience=a&audience=b',
      '__proto__=x',
    ]) {
      const answer = await ada.get(`/auth/verify?${query}`, GET)
      expect([query, answer.status, answer.body?.code]).toEqual([query, 400, 'bad_request'])
      expect((await instance.client().get(`/auth/verify?${query}`, GET)).status).toBe(400)
    }
  })

  test('the cross-origin rule applies to the original method of a session', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { bearer } = await tokenOf(ada, [])
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const cases: readonly (readonly [Record<string, string>, number])[] = [
      [{ ...original('POST'), ...foreign }, 403],
      [{ ...original('POST'), origin: 'https://evil.example' }, 403],
      [{ ...original('DELETE'), 'sec-fetch-site': 'same-site' }, 403],
      [{ ...original('POST'), 'sec-fetch-site': 'same-origin' }, 204],
      [{ ...original('POST'), 'sec-fetch-site': 'same-site', origin: APP }, 204],
      [original('POST'), 204],
      [{ ...GET, ...foreign }, 204],
      [{ ...original('HEAD'), ...foreign }, 204],
      [{ 'x-original-method': 'GET', ...foreign }, 204],
      [{ 'x-original-method': 'POST', ...foreign }, 403],
      // The proxy sets one of the two headers; the client may have sent the other.
      [{ ...original('POST'), 'x-original-method': 'GET', ...foreign }, 403],
      [{ ...GET, 'x-original-method': 'POST', ...foreign }, 403],
      [{ ...original('get'), ...foreign }, 403],
      [{ ...original('GET, GET'), ...foreign }, 403],
      // A proxy that sends no method.
      [foreign, 403],
      [{}, 204],
      // A WebSocket.
      [{ ...GET, ...foreign, 'sec-websocket-version': '13' }, 403],
      [{ ...GET, origin: ORIGIN, 'sec-websocket-version': '13' }, 204],
    ]
    for (const [headers, status] of cases) {
      const answer = await ada.get('/auth/verify', headers)
      expect([headers, answer.status]).toEqual([headers, status])
      if (status === 403) expect(answer.body.code).toBe('cross_origin')
    }
    expect((await instance.client().get('/auth/verify', { ...original('POST'), ...foreign, ...bearer })).status).toBe(
      204,
    )
  })

  test('browsers are redirected to the login page and back, if the proxy asks for it', async () => {
    const instance = await start(ring)
    const ask = (headers: Record<string, string>, query = '?redirect=login') =>
      instance.client().get(`/auth/verify${query}`, headers)
    const login = (next: string): string => `${ORIGIN}/auth/login?next=${encodeURIComponent(next)}`
    const bare = `${ORIGIN}/auth/login`
    const answer = await ask({ ...GET, ...HTML })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, login('/reports?year=2026&page=2')])
    const places: readonly (readonly [Record<string, string>, string])[] = [
      [{ 'x-forwarded-host': 'app.example.com' }, login(`${APP}/reports?year=2026&page=2`)],
      [{ 'x-forwarded-host': 'app.example.com:443' }, login(`${APP}/reports?year=2026&page=2`)],
      [{ 'x-forwarded-host': 'evil.example' }, bare],
      [{ 'x-forwarded-host': 'localhost:3000@evil.example' }, bare],
      [{ 'x-forwarded-host': 'localhost' }, bare],
      [{ 'x-forwarded-host': 'a b' }, bare],
      [{ 'x-forwarded-uri': '//evil.example/' }, bare],
      [{ 'x-forwarded-uri': 'https://evil.example/' }, bare],
      [{ 'x-forwarded-uri': '@evil.example/' }, bare],
      [{ 'x-forwarded-uri': '.evil.example/' }, bare],
      [{ 'x-forwarded-uri': `/${'x'.repeat(3_000)}` }, bare],
      [{ 'x-forwarded-uri': '/a?next=%2Fb&c=%26' }, login('/a?next=%2Fb&c=%26')],
    ]
    for (const [change, location] of places) {
      const { status, headers } = await ask({ ...GET, ...HTML, ...change })
      expect([change, status, headers.get('location')]).toEqual([change, 303, location])
    }
    const nginx = { 'x-original-method': 'GET', 'x-original-uri': '/a', 'x-forwarded-host': 'localhost:3000' }
    expect((await ask({ ...nginx, ...HTML })).headers.get('location')).toBe(login('/a'))

    expect((await ask(GET)).status).toBe(401)
    expect((await ask({ ...GET, ...HTML }, '')).status).toBe(401)
    expect((await ask({ ...original('POST'), ...HTML })).status).toBe(401)
    expect((await ask({ ...GET, ...HTML, authorization: 'Bearer lkp_x' })).body.code).toBe('invalid_token')
    const dead = await ask({ ...GET, ...HTML, cookie: 'latchkey=lks_dead' })
    expect([dead.status, dead.headers.getSetCookie()[0]]).toEqual([303, expect.stringContaining('Max-Age=0')])
    expect((await (await register(instance)).get('/auth/verify?redirect=login', { ...GET, ...HTML })).status).toBe(204)
  })

  test('the answer renews the cookie of a remembered session', async () => {
    const instance = await start(ring)
    await instance.auth.users.create({ email: ADA, password: PASSWORD })
    const ada = instance.client()
    await ada.post('/auth/login', { email: ADA, password: PASSWORD, remember: true })
    expect((await ada.get('/auth/verify', GET)).headers.getSetCookie()).toEqual([])
    instance.advance(DAY_MS)
    const renewed = await ada.get('/auth/verify', GET)
    expect([renewed.status, renewed.headers.getSetCookie()]).toEqual([204, [expect.stringContaining('Max-Age=')]])
    expect((await ada.get('/auth/verify', GET)).headers.getSetCookie()).toEqual([])
  })

  test('fresh=1 admits a session whose user proved their identity recently, and no access token', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const { bearer } = await tokenOf(ada, ['read'])
    expect((await ada.get('/auth/verify?fresh=1&scope=read', GET)).status).toBe(204)
    expect((await instance.client().get('/auth/verify?fresh=1', { ...bearer, ...GET })).status).toBe(403)
    instance.advance(10 * 60_000)
    const stale = await ada.get('/auth/verify?fresh=1', GET)
    expect([stale.status, stale.body.code]).toEqual([403, 'reauthentication_required'])
    expect((await ada.get('/auth/verify', GET)).status).toBe(204)
    for (const query of ['fresh=0', 'fresh=true', 'fresh=', 'fresh', 'fresh=1&fresh=1', 'fres=1']) {
      expect([query, (await ada.get(`/auth/verify?${query}`, GET)).status]).toEqual([query, 400])
    }
    await ada.post('/auth/reauthenticate', { password: PASSWORD })
    expect((await ada.get('/auth/verify?fresh=1', GET)).status).toBe(204)
  })

  test('text that is not ASCII is percent-encoded, and decoding restores it', async () => {
    const instance = await start(ring)
    for (const email of ['josé.größe@example.com', '100%41+x@example.com', 'a=b&c@example.com']) {
      const client = await register(instance, email)
      const value = (await client.get('/auth/verify', GET)).headers.get('x-auth-user-email') ?? ''
      expect(value).toMatch(/^[\x21-\x7e]+$/)
      expect(decodeURIComponent(value)).toBe(email)
    }
  })

  test('with forwardAuth.jwt the identity is also signed, expires after a minute, and verifies with the keys of jwks.json (ASVS 9.2.1)', async () => {
    const instance = await start(ring, { forwardAuth: { jwt: true } })
    const ada = await register(instance)
    const { keys } = (await instance.client().get('/auth/jwks.json')).body
    const { bearer, id } = await tokenOf(ada, ['read'])
    const { user, session } = (await ada.get('/auth/session')).body
    const ofSession = verified((await ada.get('/auth/verify', GET)).headers.get('x-auth-jwt'), keys)
    const shared = { iss: `${ORIGIN}/auth`, sub: user.id, email: ADA, email_verified: false }
    expect(ofSession).toEqual({
      ...shared,
      iat: expect.any(Number),
      exp: ofSession.iat + 60,
      auth_time: Math.floor(Date.parse(session.authenticatedAt) / 1_000),
      sid: session.id,
      amr: ['password'],
      scope: 'read write',
    })
    expect(ofSession).not.toHaveProperty('aud')
    const forReports = (await ada.get('/auth/verify?audience=reports', GET)).headers.get('x-auth-jwt')
    expect(verified(forReports, keys).aud).toBe('reports')
    const ofToken = verified(
      (await instance.client().get('/auth/verify', { ...GET, ...bearer })).headers.get('x-auth-jwt'),
      keys,
    )
    expect(ofToken).toMatchObject({ ...shared, token_id: id, amr: ['access_token'], scope: 'read' })
    expect(ofToken).not.toHaveProperty('sid')

    const without = await start(ring)
    expect((await without.client().get('/auth/jwks.json')).status).toBe(404)
    expect((await (await register(without)).get('/auth/verify', GET)).headers.has('x-auth-jwt')).toBe(false)
  })

  test('with a warm cache, verifying costs no query', async () => {
    const instance = await start(ring, { verifyEmail: 'off' }) // so that no email is sent during the test
    const ada = await register(instance)
    await ada.get('/auth/verify?scope=read', GET)
    const before = instance.statements.length
    for (let count = 0; count < 5; count++) await ada.get('/auth/verify?scope=read', GET)
    expect(instance.statements.slice(before)).toEqual([])
  })
})
