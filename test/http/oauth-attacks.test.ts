/* Attacks on the authorization server, by name (RFC 9700, DESIGN section 3). */

import { createHmac } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { altered } from '../support/altered.ts'
import { Client } from '../support/client.ts'
import {
  allow,
  authorization,
  CALLBACK,
  call,
  createApp,
  decide,
  exchange,
  locationOf,
  obtain,
  open,
  refresh,
  register,
  startOAuth,
  statusOf,
} from '../support/oauth.ts'

import { type Instance, PASSWORD, RINGS, type Ring, sendTo } from '../support/rings.ts'
import { rounds } from '../support/rounds.ts'
import { totpCode } from '../support/totp.ts'
import { until } from '../support/until.ts'

async function start(options: Parameters<typeof startOAuth>[1] = {}, ring: Ring = 'handler'): Promise<Instance> {
  const instance = await startOAuth(ring, options)
  onTestFinished(() => instance.close())
  return instance
}

const HTML = { accept: 'text/html' }

describe('redirect URIs', () => {
  test.each([
    ['a longer path', `${CALLBACK}/more`],
    ['a prefix', 'https://notes.example.com/call'],
    ['a port', 'https://notes.example.com:8443/callback'],
    ['the default port', 'https://notes.example.com:443/callback'],
    ['another path', 'https://notes.example.com/callback/../evil'],
    ['a fragment', `${CALLBACK}#x`],
    ['a query', `${CALLBACK}?x=1`],
    ['a user', 'https://notes.example.com@evil.example/callback'],
    ['user and password', 'https://a:b@notes.example.com/callback'],
    ['an encoded path', 'https://notes.example.com/%63allback'],
    ['an encoded slash', 'https://notes.example.com%2fevil.example/callback'],
    ['upper case', 'https://NOTES.example.com/callback'],
    ['a subdomain', 'https://evil.notes.example.com/callback'],
    ['a suffix of the host', 'https://notes.example.com.evil.example/callback'],
    ['a look-alike (IDN)', 'https://notеs.example.com/callback'],
    ['a backslash', 'https://evil.example\\@notes.example.com/callback'],
    ['plain http', 'http://notes.example.com/callback'],
    ['a script', 'javascript:alert(1)'],
    ['white space', `${CALLBACK} `],
  ])('%s is refused, without a redirect (ASVS 10.4.1)', async (_name, uri) => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const reply = await ada.get(authorization(app, { redirect_uri: uri }).path, HTML)
    expect([reply.status, reply.headers.get('location')]).toEqual([400, null])
    expect(reply.text).not.toContain('evil')
  })

  test('a loopback URI without a port accepts any port, and one with a port does not', async () => {
    const instance = await start()
    const ada = await register(instance)
    const free = await createApp(instance, { isPublic: true, redirectUris: ['http://127.0.0.1/cb'] })
    const fixed = await createApp(instance, { isPublic: true, redirectUris: ['http://127.0.0.1:4000/cb'] })
    const statusFor = async (app: typeof free, redirect_uri: string) =>
      (await ada.get(authorization(app, { redirect_uri }).path, HTML)).status
    expect(await statusFor(free, 'http://127.0.0.1:5000/cb')).toBe(303)
    expect(await statusFor(free, 'http://127.0.0.1:5000/cb/more')).toBe(400)
    expect(await statusFor(free, 'http://127.0.0.1:80@evil.example/cb')).toBe(400)
    expect(await statusFor(fixed, 'http://127.0.0.1:5000/cb')).toBe(400)
  })

  test.each([
    'http://example.com/cb',
    'https://example.com/cb#x',
    'https://*.example.com/cb',
    'https://a@example.com/cb',
    'https://exämple.com/cb',
    'https://EXAMPLE.com/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    'app:/cb',
    '/cb',
    '',
  ])('%s cannot be registered', async (uri) => {
    const instance = await start()
    await expect(createApp(instance, { redirectUris: [uri] })).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('codes and PKCE', () => {
  test.each([
    ['missing', { code_challenge: null, code_challenge_method: null }],
    ['plain', { code_challenge_method: 'plain' }],
    ['without its method, which would mean plain', { code_challenge_method: null }],
  ])('a challenge that is %s is refused (ASVS 10.4.6)', async (_name, parameters) => {
    const instance = await start()
    const ada = await register(instance)
    for (const isPublic of [true, false]) {
      const app = await createApp(instance, { isPublic })
      const reply = await ada.get(authorization(app, parameters).path, HTML)
      expect(new URL(locationOf(reply)).searchParams.get('error')).toBe('invalid_request')
    }
  })

  test('a code needs its verifier, its redirect URI and its client (injection) (ASVS 10.4.6)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const [app, other] = [await createApp(instance), await createApp(instance, { name: 'Other' })]
    const [request, attackers] = [authorization(app), authorization(app)]
    const code = await allow(ada, request)
    const script = instance.client()
    const fields = { grant_type: 'authorization_code', code, code_verifier: request.verifier, redirect_uri: CALLBACK }
    const { code_verifier: _, ...without } = fields
    for (const [who, wrong] of [
      [app, { ...fields, code_verifier: attackers.verifier }],
      [app, without],
      [app, { ...fields, redirect_uri: `${CALLBACK}2` }],
      [other, fields],
      [{ ...app, clientSecret: null }, fields],
      [{ ...app, clientSecret: altered(app.clientSecret ?? '') }, fields],
    ] as const) {
      const reply = await call(script, '/auth/oauth/token', who, wrong)
      expect([reply.status >= 400, reply.status < 500, reply.body.access_token]).toEqual([true, true, undefined])
    }
    expect((await exchange(script, app, code, request)).status).toBe(200)
  })

  test('a code that is used twice ends the tokens of its first use, and not those of other devices (ASVS 10.4.2)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const laptop = await obtain(instance, ada, app)
    const request = authorization(app)
    const code = await allow(ada, request)
    const { body: tokens } = await exchange(instance.client(), app, code, request)
    instance.advance(1)
    const replay = await exchange(instance.client(), app, code, request)
    expect([replay.status, replay.body.error]).toEqual([400, 'invalid_grant'])
    expect(await statusOf(instance, tokens.access_token)).toBe(401)
    expect(await statusOf(instance, laptop.access_token)).toBe(204)
  })

  test('a code expires (ASVS 10.4.3)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const request = authorization(app)
    const code = await allow(ada, request)
    instance.advance(61_000)
    expect((await exchange(instance.client(), app, code, request)).body.error).toBe('invalid_grant')
  })

  test.each<[Ring, number]>([
    ['handler', 10],
    ['server, PostgreSQL', 3],
    ['handler, PostgreSQL and Redis', 3],
  ])(
    'of two nodes that use one code at the same moment, one wins; one refresh token gives both the same successor, in one family (%s)',
    async (ring, few) => {
      const instance = await start({}, ring)
      const other = await instance.sibling()
      onTestFinished(() => other.close())
      const ada = await register(instance)
      const app = await createApp(instance)
      const second = instance.client()
      second.request = async (path, init) => {
        const response = await other.handler(new Request(`http://localhost:3000${path}`, init))
        const text = await response.text()
        return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
      }
      await obtain(instance, ada, app)
      const wins = [0, 0]
      for (let round = 0; round < rounds(1_000, few); round++) {
        const request = authorization(app)
        const code = await allow(ada, request)
        const nodes = [instance.client(), second]
        const replies = await Promise.all(nodes.map((each) => exchange(each, app, code, request)))
        expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400])
        const winner = replies.findIndex(({ status }) => status === 200)
        wins[winner] = (wins[winner] ?? 0) + 1
        const { refresh_token: token = '', access_token: access } = replies[winner]?.body ?? {}
        const again = await Promise.all(nodes.map((each) => refresh(each, app, token)))
        expect(again.map(({ status }) => status)).toEqual([200, 200])
        expect(new Set(again.map(({ body }) => body.refresh_token)).size).toBe(1)
        const tokens = [access, ...again.map(({ body }) => body.access_token)]
        expect(await Promise.all(tokens.map((each) => statusOf(instance, each)))).toEqual([204, 204, 204])
      }
      const table = ring === 'handler' ? 'oauth_tokens' : 'latchkey.oauth_tokens'
      const families = await instance.runSql(
        `SELECT family_id, count(*) AS tokens FROM ${table} WHERE kind = 'RefreshToken' GROUP BY family_id ORDER BY 2 DESC`,
      )
      expect(Number(families[0]?.tokens)).toBeLessThanOrEqual(2) // the used one and its successor
      console.log(`${ring}: codes won by the first and the second node: ${wins.join(' and ')}`)
    },
    1_200_000,
  )
})

describe('consent', () => {
  test('a page of another origin cannot press the button (CSRF), and no page can frame it (clickjacking)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const page = await open(ada, authorization(app).path)
    const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
    const forged = await ada.form(
      '/auth/oauth/consent',
      { request, decision: 'allow' },
      { 'sec-fetch-site': 'cross-site' },
    )
    expect([forged.status, forged.headers.get('location') ?? '']).not.toEqual([
      303,
      expect.stringContaining('/oauth/authorize'),
    ])
    expect((await ada.get('/auth/grants')).body.grants).toEqual([])
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('a request of another user, of another session, or that was answered is refused', async () => {
    const instance = await start()
    const [ada, eve] = [await register(instance), await register(instance, 'eve@example.com')]
    const app = await createApp(instance)
    const page = await open(eve, authorization(app).path)
    const [, request = ''] = /name="request" value="([^"]+)"/.exec(page.text) ?? []
    const path = `/auth/oauth/consent?request=${request}`
    expect((await ada.get(path)).status).toBe(410)
    expect((await ada.post('/auth/oauth/consent', { request, decision: 'allow' })).status).toBe(410)
    expect((await ada.get(`/auth/oauth/authorize/${request}`)).status).toBe(410)
    const laptop = instance.client()
    await laptop.post('/auth/login', { email: 'eve@example.com', password: 'correct horse battery' })
    expect((await laptop.post('/auth/oauth/consent', { request, decision: 'allow' })).status).toBe(410)
    await decide(eve, page)
    expect((await eve.post('/auth/oauth/consent', { request, decision: 'allow' })).status).toBe(410)
    expect((await eve.get('/auth/oauth/consent?request=')).status).toBe(410)
  })

  test('a request for more scopes asks again, and scopes that the client does not have are refused (ASVS 10.4.11)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance, { scopes: ['read', 'write'] })
    await obtain(instance, ada, app, { scope: 'read' })
    expect((await open(ada, authorization(app, { scope: 'read write' }).path)).url).toMatch(/^\/auth\/oauth\/consent/)
    const reader = await createApp(instance)
    const reply = await ada.get(authorization(reader, { scope: 'read write' }).path, HTML)
    expect(new URL(locationOf(reply)).searchParams.get('error')).toBe('invalid_scope')
    const tokens = await obtain(instance, ada, app, { scope: 'openid read' })
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', scope: 'read write' }
    expect((await call(instance.client(), '/auth/oauth/token', app, fields)).body.error).toBe('invalid_scope')
  })

  test('names of apps are shown as text', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance, { name: '<img src=x onerror=alert(1)>' })
    expect((await open(ada, authorization(app).path)).text).not.toContain('<img src=x')
    await expect(createApp(instance, { name: 'Go\u202eogle' })).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('tokens', () => {
  test("an app's token opens none of our own routes, and a session is not an app's token", async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app)
    const bearer = { authorization: `Bearer ${tokens.access_token}` }
    for (const path of ['/auth/session', '/auth/sessions', '/auth/user', '/auth/tokens', '/auth/grants']) {
      expect([path, (await instance.client().get(path, bearer)).status]).toEqual([path, 403])
    }
    const session = ada.cookies.get('latchkey') ?? ''
    const asBearer = { authorization: `Bearer ${session}` }
    expect((await instance.client().get('/auth/oauth/userinfo', asBearer)).status).toBe(401)
    expect((await call(instance.client(), '/auth/oauth/introspect', app, { token: session })).body).toEqual({
      active: false,
    })
    const cookie = { cookie: `latchkey=${tokens.access_token}` }
    expect((await instance.client().get('/auth/session', cookie)).status).toBe(401)
    const refreshAsAccess = { authorization: `Bearer ${tokens.refresh_token}` }
    expect((await instance.client().get('/auth/verify', refreshAsAccess)).status).toBe(401)
  })

  test('another client cannot use a refresh token', async () => {
    const instance = await start()
    const ada = await register(instance)
    const [app, other] = [await createApp(instance), await createApp(instance, { name: 'Other' })]
    const tokens = await obtain(instance, ada, app)
    expect((await refresh(instance.client(), other, tokens.refresh_token ?? '')).body.error).toBe('invalid_grant')
    expect((await refresh(instance.client(), app, tokens.refresh_token ?? '')).status).toBe(200)
  })

  test.each([
    ['alg none', (header: object) => ({ ...header, alg: 'none' }), () => ''],
    [
      'HS256 with the public key',
      (header: object) => ({ ...header, alg: 'HS256' }),
      (text: string, key: string) => createHmac('sha256', key).update(text).digest('base64url'),
    ],
    ['a foreign kid', (header: object) => ({ ...header, kid: 'x' }), () => 'AAAA'],
    ['a foreign jku', (header: object) => ({ ...header, jku: 'https://evil.example/jwks.json' }), () => 'AAAA'],
  ])('an ID token as a hint with %s is refused', async (_name, change, sign) => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const { id_token: token = '' } = await obtain(instance, ada, app)
    const [header = '', payload = ''] = token.split('.')
    const jwks = (await instance.client().get('/auth/jwks.json')).text
    const changed = Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(header, 'base64url').toString()))))
    const text = `${changed.toString('base64url')}.${payload}`
    const hint = authorization(app, { prompt: 'none', id_token_hint: `${text}.${sign(text, jwks)}` })
    expect(new URL(locationOf(await ada.get(hint.path))).searchParams.get('error')).toBe('invalid_request')
  })

  test('a password reset, a disabled user and the end of everything end the tokens of apps', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app, { scope: 'openid offline_access' })
    expect((await ada.delete('/auth/access')).body.revoked).toBe(1)
    expect(await statusOf(instance, tokens.access_token)).toBe(401)
    const more = await obtain(instance, ada, app, { scope: 'openid offline_access' })
    const { user } = (await ada.get('/auth/session')).body
    await instance.auth.users.disable(user.id)
    expect(await statusOf(instance, more.access_token)).toBe(401)
    expect((await refresh(instance.client(), app, more.refresh_token ?? '')).body.error).toBe('invalid_grant')
  })
})

describe('requests', () => {
  test('discovery does not repeat the Host header', async () => {
    const instance = await start()
    for (const path of [
      '/auth/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/auth',
      '/.well-known/oauth-protected-resource',
    ]) {
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
      const reply = await instance.client().get(path, headers)
      expect([path, reply.status]).toEqual([path, 200])
      expect(reply.text).not.toContain('evil')
      expect(reply.text).toContain('http://localhost:3000/auth')
      expect(reply.headers.get('access-control-allow-origin')).toBe('*')
      expect(reply.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test('a parameter that is sent twice is refused', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    for (const name of ['scope', 'state', 'code_challenge', 'response_type', 'latchkey_scope']) {
      const path = `${authorization(app).path}&${name}=x&${name}=y`
      const reply = await ada.get(path, HTML)
      expect([name, reply.status === 400 || new URL(locationOf(reply)).searchParams.get('error')]).toEqual([
        name,
        expect.toSatisfy((value) => value === true || value === 'invalid_request'),
      ])
    }
    const twice = await ada.get(`${authorization(app).path}&redirect_uri=https://evil.example/`, HTML)
    expect(locationOf(twice)).toContain('https://notes.example.com/callback?error=invalid_request')
  })

  test("another client's pushed request, and one that was used, are refused", async () => {
    const instance = await start()
    const ada = await register(instance)
    const [app, other] = [await createApp(instance), await createApp(instance, { name: 'Other' })]
    const fields = Object.fromEntries(new URL(`http://x${authorization(app).path}`).searchParams)
    const pushed = await call(instance.client(), '/auth/oauth/par', app, fields)
    expect(pushed.status).toBe(201)
    const path = ({ clientId }: typeof app) =>
      `/auth/oauth/authorize?${new URLSearchParams({ client_id: clientId, request_uri: pushed.body.request_uri })}`
    const stolen = await ada.get(path(other), HTML)
    expect([stolen.status, new URL(locationOf(stolen)).searchParams.get('error')]).toEqual([
      303,
      'invalid_request_object',
    ])
    const page = await open(ada, path(app))
    expect((await decide(ada, page)).searchParams.get('code')).not.toBeNull()
    const used = new URL(locationOf(await ada.get(path(app), HTML)))
    expect([used.searchParams.get('error'), used.searchParams.get('code')]).toEqual(['invalid_request_uri', null])
  })

  test('a body of 17 KiB, an unknown grant and a foreign method are refused in the words of RFC 6749', async () => {
    const instance = await start()
    const app = await createApp(instance)
    const large = await call(instance.client(), '/auth/oauth/token', app, { code: 'x'.repeat(17_000) })
    expect([large.status, large.body.error]).toEqual([413, 'invalid_request'])
    const unknown = await call(instance.client(), '/auth/oauth/token', app, { grant_type: 'password', username: 'a' })
    expect([unknown.status, unknown.body.error]).toEqual([400, 'unsupported_grant_type'])
    expect((await instance.client().get('/auth/oauth/token')).status).toBe(405)
    const preflight = await instance.client().request('/auth/oauth/token', {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example.com', 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })

  test.each(['token', 'id_token', 'code token', 'code id_token', 'id_token token', 'none', ''])(
    'the response type %j is refused, and discovery offers only codes (ASVS 10.4.4, 10.6.1)',
    async (type) => {
      const instance = await start()
      const ada = await register(instance)
      const app = await createApp(instance)
      const reply = await ada.get(authorization(app, { response_type: type }).path, HTML)
      expect(reply.text).not.toContain('lko_')
      const answer = new URL(locationOf(reply))
      const error = new URLSearchParams(answer.hash.slice(1)).get('error') ?? answer.searchParams.get('error')
      expect([type, error]).toEqual([type, type === '' ? 'invalid_request' : 'unsupported_response_type'])
      const { body } = await instance.client().get('/auth/.well-known/openid-configuration')
      expect(body.response_types_supported).toEqual(['code'])
      expect(body.grant_types_supported).not.toContain('implicit')
      expect(body.grant_types_supported).not.toContain('password')
    },
  )

  test('OAuth that is off has no routes, and its package is not loaded', async () => {
    const instance = await startOAuth('handler', { oauth: { enabled: false } })
    onTestFinished(() => instance.close())
    for (const path of [
      '/auth/.well-known/openid-configuration',
      '/auth/oauth/authorize',
      '/auth/grants',
      '/auth/jwks.json',
    ]) {
      expect([path, (await instance.client().get(path)).status]).toEqual([path, 404])
    }
    expect((await instance.client().get('/auth')).body.features).not.toContain('oauth')
    expect(instance.auth.rootPaths).toEqual([])
  })
})

describe('proof of identity', () => {
  test('prompt=login and max_age ask for a proof, and a proof satisfies them (ASVS 7.6.1)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    await obtain(instance, ada, app)
    instance.advance(120_000)
    for (const parameters of [{ prompt: 'login' }, { max_age: '60' }]) {
      const request = authorization(app, parameters)
      const page = await open(ada, request.path)
      expect(page.url).toMatch(/^\/auth\/reauthenticate\?next=/)
      const next = new URL(page.url, 'http://x').searchParams.get('next') ?? ''
      expect((await open(ada, next)).url).toMatch(/^\/auth\/reauthenticate/)
      instance.advance(1_000)
    }
    const request = authorization(app, { prompt: 'login' })
    const page = await open(ada, request.path)
    const next = new URL(page.url, 'http://x').searchParams.get('next') ?? ''
    const proved = await ada.form('/auth/reauthenticate', { password: 'correct horse battery', next })
    expect(locationOf(await open(ada, locationOf(proved)))).toContain('code=')
    const fresh = await ada.get(authorization(app, { max_age: '60' }).path, HTML)
    expect(locationOf(fresh)).toContain('code=')
  })

  test('acr_values asks for the second factor that the user has, and the ID token says which level was reached (RFC 9470; ASVS 10.3.4)', async () => {
    const instance = await start()
    const now = Date.now()
    const app = await createApp(instance)
    const ada = await register(instance)
    const acrOf = (tokens: Record<string, string>): unknown => {
      const [, claims = ''] = (tokens.id_token ?? '').split('.')
      return JSON.parse(Buffer.from(claims, 'base64url').toString()).acr
    }
    // Without a second factor there is nothing to ask for.
    expect(acrOf(await obtain(instance, ada, app, { acr_values: 'aal2' }))).toBe('aal1')
    const laptop = instance.client()
    await laptop.post('/auth/login', { email: 'ada@example.com', password: PASSWORD })
    const { secret } = (await ada.post('/auth/totp')).body
    await ada.post('/auth/totp/confirm', { code: totpCode(secret, now) })

    for (const values of [undefined, 'aal1', 'aal1 aal2', 'urn:unknown', 'aal1aal2']) {
      const parameters = values === undefined ? {} : { acr_values: values }
      expect([values, acrOf(await obtain(instance, laptop, app, parameters))]).toEqual([values, 'aal1'])
    }
    const { access_token: weak } = await obtain(instance, laptop, app)
    const told = await instance.client().get('/auth/verify?fresh=1', { authorization: `Bearer ${weak}` })
    expect(told.headers.get('www-authenticate')).toContain('acr_values="aal2", max_age="600"')
    const silent = await laptop.get(authorization(app, { acr_values: 'aal2', prompt: 'none' }).path, HTML)
    expect(new URL(locationOf(silent)).searchParams.get('error')).toBe('login_required')
    for (const values of ['aal2', 'aal2 aal1', 'urn:unknown aal2']) {
      const page = await open(laptop, authorization(app, { acr_values: values }).path)
      expect([values, page.url]).toEqual([values, expect.stringMatching(/^\/auth\/reauthenticate\?next=/)])
    }
    instance.advance(30_000)
    expect((await laptop.post('/auth/reauthenticate/totp', { code: totpCode(secret, now + 30_000) })).status).toBe(200)
    const tokens = await obtain(instance, laptop, app, { acr_values: 'aal2', scope: 'openid offline_access' })
    expect(acrOf(tokens)).toBe('aal2')
    expect(acrOf((await refresh(instance.client(), app, tokens.refresh_token ?? '')).body)).toBe('aal2')
    const { body } = await instance.client().get('/auth/.well-known/openid-configuration')
    expect(body.acr_values_supported).toEqual(['aal1', 'aal2'])
  })
})

describe('apps of a device, and apps of the service (RFC 8252 section 8.6)', () => {
  test.each([
    ['com.example.app:/callback', 'com.example.app:/callback', 200],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:6666/callback', 200],
    ['http://127.0.0.1:4000/callback', 'http://127.0.0.1:4000/callback', 303],
  ])(
    'a public app with %s: the user answers each authorization (ASVS 10.7.1)',
    async (registered, redirectUri, second) => {
      const instance = await start()
      for (const isFirstParty of [false, true]) {
        const app = await createApp(instance, { isPublic: true, isFirstParty, redirectUris: [registered] })
        const ada = await register(instance, `ada-${isFirstParty}@example.com`)
        const own = { ...app, redirectUri }
        if (!isFirstParty || second === 200) expect(await allow(ada, authorization(own))).toMatch(/./)
        const reply = await ada.get(authorization(own).path, { accept: 'text/html' })
        const location = reply.headers.get('location') ?? ''
        expect(location.startsWith('/auth/oauth/consent')).toBe(second === 200)
        if (second === 200) expect(await allow(ada, authorization(own))).toMatch(/./) // one answer is enough for one authorization
      }
    },
  )

  test('the grant of an app of the service is in the audit log', async () => {
    const instance = await start()
    const app = await createApp(instance, { isFirstParty: true })
    const ada = await register(instance)
    expect((await ada.get(authorization(app).path)).status).toBe(303)
    const { id } = (await ada.get('/auth/user')).body.user ?? (await ada.get('/auth/session')).body.user
    expect(instance.events).toContainEqual(expect.objectContaining({ type: 'oauth_grant.allowed', userId: id }))
  })
})

describe('floods', () => {
  test('wrong client secrets from one network are refused after a hundred, and other networks are not (ASVS 10.4.10)', async () => {
    const instance = await start({ trustProxy: 1 })
    const app = await createApp(instance)
    const wrong = { ...app, clientSecret: 'lkc_wrong' }
    const script = instance.client()
    for (let round = 0; round < 100; round++) {
      const reply = await call(script, '/auth/oauth/introspect', wrong, { token: 'lko_x' })
      expect([reply.status, reply.body.error]).toEqual([401, 'invalid_client'])
    }
    for (const path of ['/auth/oauth/token', '/auth/oauth/introspect', '/auth/oauth/revoke', '/auth/oauth/device']) {
      const refused = await call(script, path, app, { token: 'lko_x', grant_type: 'client_credentials' })
      expect([path, refused.status, refused.body.error, refused.headers.get('retry-after')]).toEqual([
        path,
        429,
        'temporarily_unavailable',
        '900',
      ])
    }
    instance.advance(900_000)
    expect((await call(script, '/auth/oauth/introspect', app, { token: 'lko_x' })).status).toBe(200)
  })
})

describe('races', () => {
  test('the tokens for a code are stored, and sent when the code counts as used up: a request before that is no replay', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const request = authorization(app)
    const code = await allow(ada, request)
    const sentAt = Date.now()
    const { status } = await exchange(instance.client(), app, code, request)
    const answeredAt = Date.now()
    const [row] = await instance.runSql("SELECT consumed_at FROM oauth_tokens WHERE kind = 'AuthorizationCode'")
    const usedAt = Number(row?.consumed_at)
    expect([status, usedAt - sentAt >= 50, answeredAt >= usedAt]).toEqual([200, true, true])
  })

  test.each(RINGS)(
    'a code that is used again after the answer ends its tokens, at every node, also if the clock stands still (%s)',
    async (ring) => {
      const instance = await start({}, ring)
      const other = await instance.sibling()
      onTestFinished(() => other.close())
      const ada = await register(instance)
      const app = await createApp(instance)
      for (const client of [instance.client(), new Client(sendTo(other))]) {
        const request = authorization(app)
        const code = await allow(ada, request)
        const { body: tokens } = await exchange(instance.client(), app, code, request)
        const replayed = await exchange(client, app, code, request)
        expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant'])
        await until(async () => (await statusOf(instance, tokens.access_token)) === 401)
        const refreshed = await refresh(instance.client(), app, tokens.refresh_token ?? '')
        expect(refreshed.body.error).toBe('invalid_grant')
      }
    },
  )
})

describe('mix-up', () => {
  test('every answer of authorize names the issuer, also an error (RFC 9207)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    await obtain(instance, ada, app)
    for (const parameters of [
      {},
      { scope: 'write' },
      { prompt: 'none', max_age: '0' },
      { response_mode: 'fragment' },
    ]) {
      instance.advance(1_000)
      const reply = await ada.get(authorization(app, parameters).path, HTML)
      const url = new URL(locationOf(reply))
      const answer = new URLSearchParams(url.search === '' ? url.hash.slice(1) : url.search)
      expect([parameters, answer.get('iss')]).toEqual([parameters, 'http://localhost:3000/auth'])
    }
  })
})

describe('tokens elsewhere', () => {
  test('an access token is not a session, and a session is not an access token', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app)
    const token = tokens.access_token ?? ''
    const asCookie = await instance.client().get('/auth/session', { cookie: `latchkey=${token}` })
    expect(asCookie.status).toBe(401)
    for (const path of [
      '/auth/session',
      '/auth/user',
      '/auth/grants',
      '/auth/oauth/consent?request=x',
      '/auth/device',
    ]) {
      const reply = await instance.client().get(path, { authorization: `Bearer ${token}` })
      expect([path, reply.status]).toEqual([path, 403])
    }
    expect(
      (await instance.client().get('/auth/oauth/authorize?client_id=x', { authorization: `Bearer ${token}` })).status,
    ).toBe(400)
    const login = await instance.client().request('/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'latchkey-session': 'header' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
    })
    const session = login.headers.get('latchkey-session') ?? ''
    expect(session).toMatch(/^lks_/)
    const userinfo = await instance.client().get('/auth/oauth/userinfo', { authorization: `Bearer ${session}` })
    expect(userinfo.status).toBe(401)
    const asked = await call(instance.client(), '/auth/oauth/introspect', app, { token: session })
    expect(asked.body).toEqual({ active: false })
    const refreshed = await refresh(instance.client(), app, token)
    expect(refreshed.body.error).toBe('invalid_grant')
    expect(await statusOf(instance, tokens.refresh_token)).toBe(401)
    expect(await statusOf(instance, tokens.id_token)).toBe(401)
  })

  test('a refresh cannot widen the scopes of its authorization (scope escalation)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance, { scopes: ['read', 'write'] })
    const tokens = await obtain(instance, ada, app, { scope: 'openid read' })
    const wider = await call(instance.client(), '/auth/oauth/token', app, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      scope: 'openid read write',
    })
    expect(wider.body.error).toBe('invalid_scope')
    const narrow = await createApp(instance)
    const reply = await ada.get(authorization(narrow, { scope: 'read write' }).path, HTML)
    expect(new URL(locationOf(reply)).searchParams.get('error')).toBe('invalid_scope')
  })

  test.each(RINGS)(
    'an app gets no tokens for a scope that an operator took from it (scope escalation, %s)',
    async (ring) => {
      const instance = await start({}, ring)
      const other = await instance.sibling()
      onTestFinished(() => other.close())
      const ada = await register(instance)
      const app = await createApp(instance, { scopes: ['read', 'write'] })
      const tokens = await obtain(instance, ada, app, { scope: 'openid offline_access read write' })
      const request = authorization(app, { scope: 'openid read write' })
      const code = await allow(ada, request)
      await other.oauthClients.update(app.clientId, { scopes: ['read'] })
      const refreshed = await refresh(instance.client(), app, tokens.refresh_token ?? '')
      expect([refreshed.status, refreshed.body.scope]).toEqual([200, 'openid offline_access read'])
      expect(await statusOf(instance, refreshed.body.access_token, '?scope=write')).toBe(403)
      expect(await statusOf(instance, refreshed.body.access_token, '?scope=read')).toBe(204)
      const exchanged = await exchange(instance.client(), app, code, request)
      expect([exchanged.status, exchanged.body.scope]).toEqual([200, 'openid read'])
    },
  )

  test('authorize cannot be pressed by a form of another site (CSRF): it shows the question', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const fields = Object.fromEntries(new URL(`http://x${authorization(app).path}`).searchParams)
    const posted = await ada.form('/auth/oauth/authorize', fields, { 'sec-fetch-site': 'cross-site', ...HTML })
    expect(posted.status).toBe(303)
    expect(locationOf(posted)).not.toContain('code=')
    expect((await ada.get('/auth/grants')).body.grants).toEqual([])
  })
})

test.each<Ring>(['handler', 'handler, PostgreSQL and Redis'])(
  'no secret is in any row, Redis value, event, statement or URL, of any grant (scan, %s)',
  async (ring) => {
    const instance = await start({}, ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const request = authorization(app, { scope: 'openid offline_access read' })
    const pushedFields = Object.fromEntries(new URL(`http://x${request.path}`).searchParams)
    const pushed = await call(instance.client(), '/auth/oauth/par', app, pushedFields)
    const path = `/auth/oauth/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri: pushed.body.request_uri })}`
    const page = await open(ada, path)
    const location = await decide(ada, page)
    const code = location.searchParams.get('code') ?? ''
    const { body: tokens } = await exchange(instance.client(), app, code, request)
    const { body: refreshed } = await refresh(instance.client(), app, tokens.refresh_token)
    const { body: own } = await call(instance.client(), '/auth/oauth/token', app, { grant_type: 'client_credentials' })
    const { body: device } = await call(instance.client(), '/auth/oauth/device', app, { scope: 'openid' })
    await ada.post('/auth/device', { userCode: device.user_code, decision: 'allow' })
    const secret = await instance.auth.oauthClients.rotateSecret(app.clientId)
    const secrets = [
      app.clientSecret,
      secret,
      code,
      request.verifier,
      tokens.access_token,
      tokens.refresh_token,
      refreshed.access_token,
      refreshed.refresh_token,
      own.access_token,
      device.device_code,
      device.user_code,
      pushed.body.request_uri,
    ]
    const seen = [await instance.stored(), JSON.stringify(instance.events), JSON.stringify(instance.statements)]
    for (const [index, each] of secrets.entries()) {
      expect([index, each.length > 8, seen.map((text) => text.includes(each))]).toEqual([
        index,
        true,
        [false, false, false],
      ])
    }
    for (const each of secrets.filter((text) => text !== code)) expect(location.href).not.toContain(each)
  },
)

test('a change of the password ends grants if the settings say so, and otherwise leaves those that outlive sessions', async () => {
  for (const passwordChangeEndsGrants of [false, true]) {
    const instance = await start({ oauth: { passwordChangeEndsGrants } })
    const ada = await register(instance)
    const app = await createApp(instance)
    const { access_token: token } = await obtain(instance, ada, app, { scope: 'openid offline_access' })
    expect(await statusOf(instance, token)).toBe(204)
    const passwords = { currentPassword: 'correct horse battery', newPassword: 'battery horse correct' }
    expect((await ada.post('/auth/password/change', passwords)).status).toBe(200)
    expect(await statusOf(instance, token)).toBe(passwordChangeEndsGrants ? 401 : 204)
    expect((await ada.get('/auth/grants')).body.grants).toHaveLength(passwordChangeEndsGrants ? 0 : 1)
  }
})
