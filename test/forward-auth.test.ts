/* The example of docs/forward-auth.md with real proxies in front of an API in Python. */
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Client, Reply } from './support/client.ts'
import { type ForwardAuth, type ProxyName, startForwardAuth } from './support/forward-auth.ts'
import { PASSWORD } from './support/rings.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const HTML = { accept: 'text/html' }
const PROXIES: readonly ProxyName[] = ['nginx', 'Caddy']

describe.each(PROXIES)('an API in Python behind %s', (proxy) => {
  let setup: ForwardAuth
  beforeAll(async () => {
    setup = await startForwardAuth(proxy)
  })
  afterAll(() => setup.close())

  let count = 0
  async function register(): Promise<{ client: Client; email: string }> {
    const client = setup.client()
    const email = `ada${count++}@example.com`
    expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
    return { client, email }
  }

  async function tokenOf(
    client: Client,
    scopes: readonly string[],
  ): Promise<{ id: string; bearer: Record<string, string> }> {
    const { body } = await client.post('/auth/tokens', { name: 'backup', scopes })
    return { id: body.accessToken.id, bearer: { authorization: `Bearer ${body.token}` } }
  }

  test('the API knows a user who logged in through the proxy, until the user logs out', async () => {
    const { client, email } = await register()
    const { user, session } = (await client.get('/auth/session')).body
    const answer = await client.get('/')
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        user: { id: user.id, email },
        session: session.id,
        token: null,
        scopes: ['read', 'write'],
        methods: ['password'],
      },
    ])
    expect(session.device.ip).toBe('127.0.0.1')
    const posted = await client.post('/reports', { year: 2026 })
    expect([posted.status, posted.body]).toEqual([201, { by: user.id, bytes: 13 }])
    const cookie = `latchkey=${client.cookies.get('latchkey')}`
    await client.post('/auth/logout')
    const after = await setup.client().get('/', { cookie })
    expect([after.status, after.body.code]).toEqual([401, 'unauthenticated'])
  })

  test('a request without a session gets 401 with the problem; a browser is redirected to the login page and back', async () => {
    const nobody = setup.client()
    for (const answer of [await nobody.get('/reports'), await nobody.post('/reports', {}, HTML)]) {
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
      expect(answer.headers.get('www-authenticate')).toMatch(/^Cookie /)
    }
    const led = await nobody.get('/reports?year=2026&page=%26', HTML)
    const login = new URL(led.headers.get('location') ?? '')
    expect([led.status, login.origin, login.pathname]).toEqual([303, setup.origin, '/auth/login'])
    const next = login.searchParams.get('next')
    expect(next).toBe('/reports?year=2026&page=%26')
    expect((await nobody.get(`${login.pathname}${login.search}`, HTML)).text).toContain('name="next"')
    const { email } = await register()
    const back = await nobody.form('/auth/login', { email, password: PASSWORD, next: next ?? '' })
    expect([back.status, back.headers.get('location')]).toEqual([303, next])
    expect((await nobody.get(next ?? '', HTML)).body.user.email).toBe(email)
  })

  test('identity headers sent by a client do not reach the API (ASVS 4.1.3, 8.3.3)', async () => {
    const { client, email } = await register()
    const { bearer } = await tokenOf(client, ['read'])
    const names = ['User-Id', 'User-Email', 'Session-Id', 'Token-Id', 'Scopes', 'Methods', 'JWT'].flatMap((name) => [
      `X-Auth-${name}`,
      `x-auth-${name.toLowerCase()}`,
      `X_Auth_${name.replace('-', '_')}`,
      `X-Auth_${name}`,
      `X_AUTH-${name.toUpperCase()}`,
      `X.Auth.${name.replace('-', '.')}`,
    ])
    const spoofed = names.flatMap((name) => [name, 'spoofed'])
    const cookie = ['Cookie', `latchkey=${client.cookies.get('latchkey')}`]
    const proofs: readonly (readonly [string[], string, string])[] = [
      [cookie, 'x-auth-session-id', 'password'],
      [['Authorization', bearer.authorization ?? ''], 'x-auth-token-id', 'access_token'],
    ]
    for (const [proof, id, method] of proofs) {
      const { status, body } = await sendRaw('/headers', [...spoofed, ...proof])
      expect([status, body]).toEqual([200, expect.not.stringContaining('spoofed')])
      const headers = JSON.parse(body).headers as [string, string][]
      const identity = headers
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name, value]) => /^x.auth/.test(name) && value !== '')
      expect(Object.fromEntries(identity)).toEqual({
        'x-auth-user-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'x-auth-user-email': email,
        [id]: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'x-auth-scopes': method === 'password' ? 'read write' : 'read',
        'x-auth-methods': method,
      })
      // The secrets do not reach the API either.
      expect(headers.map(([name]) => name.toLowerCase())).not.toContain('cookie')
      expect(body).not.toMatch(/lk[sp]_/)
    }
    expect((await sendRaw('/headers', spoofed)).status).toBe(401)
  })

  test('headers that a client names in Connection still reach the API', async () => {
    const { client } = await register()
    const { bearer } = await tokenOf(client, ['read'])
    const proof = ['Authorization', bearer.authorization ?? '']
    for (const named of ['X-Auth-User-Id', 'keep-alive, x-auth-token-id', 'X-Auth-Scopes']) {
      const { status, body } = await sendRaw('/', [...proof, 'Connection', named])
      if (status !== 400) expect(JSON.parse(body)).toMatchObject({ token: expect.any(String), scopes: ['read'] })
    }
    expect((await sendRaw('/', [...proof, 'Connection', 'keep-alive'])).status).toBe(200)
  })

  test('with forwardAuth.jwt the API gets the signed identity, and anyone can read the keys', async () => {
    const signing = await startForwardAuth(proxy, { signsIdentity: true })
    onTestFinished(() => signing.close())
    const client = signing.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const arrived = (await client.get('/headers')).body.headers as [string, string][]
    const jwt = arrived.find(([name]) => name.toLowerCase() === 'x-auth-jwt')?.[1] ?? ''
    const { kid } = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString())
    expect((await signing.client().get('/auth/jwks.json')).body.keys).toEqual([expect.objectContaining({ kid })])
  })

  test('an access token works within its scopes, until it is revoked', async () => {
    const { client } = await register()
    const { id, bearer } = await tokenOf(client, ['read'])
    const ask = (method: string): Promise<Reply> => setup.client().request('/reports', { method, headers: bearer })
    expect((await ask('GET')).body).toMatchObject({ token: id, session: null, scopes: ['read'] })
    const refused = await ask('POST')
    expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="write"')
    await client.delete(`/auth/tokens/${id}`)
    const revoked = await ask('GET')
    expect([revoked.status, revoked.body.code]).toEqual([401, 'invalid_token'])
  })

  test('an unsafe request from a page of another origin is refused', async () => {
    const { client } = await register()
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    for (const more of [{}, { 'x-original-method': 'GET' }, { 'x-forwarded-method': 'GET' }]) {
      const refused = await client.post('/reports', {}, { ...foreign, ...more })
      expect([refused.status, refused.body.code]).toEqual([403, 'cross_origin'])
    }
    expect((await client.post('/reports', {}, { 'sec-fetch-site': 'same-origin', origin: setup.origin })).status).toBe(
      201,
    )
    expect((await client.get('/reports', { 'sec-fetch-site': 'cross-site' })).status).toBe(200)
    // A WebSocket is refused too, because it begins with GET.
    const socket = await client.get('/socket', { origin: 'https://evil.example', 'sec-websocket-version': '13' })
    expect([socket.status, socket.body.code]).toEqual([403, 'cross_origin'])
  })

  test('the renewed cookie of a remembered session reaches the browser', async () => {
    const { client, email } = await register()
    await client.post('/auth/login', { email, password: PASSWORD, remember: true })
    expect((await client.get('/')).headers.getSetCookie()).toEqual([])
    setup.advance(DAY_MS)
    const renewed = await client.get('/')
    expect([renewed.status, renewed.headers.getSetCookie()]).toEqual([
      200,
      [expect.stringMatching(/^latchkey=lks_.*Max-Age=/)],
    ])
    const again = await client.get('/')
    expect([again.status, again.headers.getSetCookie()]).toEqual([200, []])
  })

  test('a client cannot influence the request that the proxy sends to Latchkey', async () => {
    const { client } = await register()
    expect((await client.get('/auth/verify')).status).toBe(404)
  })

  /** Sends header lines unmodified: `fetch` would join headers of the same name. */
  async function sendRaw(path: string, headers: string[]): Promise<{ status: number; body: string }> {
    const { hostname, port, host } = new URL(setup.origin)
    return new Promise((resolve, reject) => {
      const sent = request({ host: hostname, port, path, headers: ['Host', host, ...headers] }, async (answer) =>
        resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
      )
      sent.on('error', reject).end()
    })
  }
})
