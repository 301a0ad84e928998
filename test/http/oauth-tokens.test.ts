/* Tokens of apps at the API: apps without a user, several APIs, recent proofs, and what a 401 tells an app. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Latchkey } from '../../src/index.ts'
import {
  type App,
  authorization,
  call,
  createApp,
  locationOf,
  obtain,
  open,
  register,
  startOAuth,
  statusOf,
} from '../support/oauth.ts'
import { type Instance, RINGS, type Ring } from '../support/rings.ts'

const HTML = { accept: 'text/html' }
const PAYMENTS = 'https://pay.example.com/'
const MAIL = 'https://mail.example.com/'

async function start(options: Parameters<typeof startOAuth>[1] = {}, ring: Ring = 'handler'): Promise<Instance> {
  const instance = await startOAuth(ring, options)
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  return instance
}

const bearer = (token: string | undefined): Record<string, string> => ({ authorization: `Bearer ${token}` })
const me = (token: string | undefined): Request => new Request('http://localhost:3000/me', { headers: bearer(token) })

/** Lets an app get a token for itself. */
function own(instance: Instance, app: App, fields: Record<string, string> = { scope: 'read' }) {
  return call(instance.client(), '/auth/oauth/token', app, { grant_type: 'client_credentials', ...fields })
}

describe.each(RINGS)('apps without a user (%s)', (ring) => {
  test('an app gets a token for itself, which is accepted only where a scope admits it (ASVS 10.3.2)', async () => {
    const instance = await start({}, ring)
    const app = await createApp(instance)
    const { status, body } = await own(instance, app)
    expect([status, body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^lko_/), token_type: 'Bearer', expires_in: 3600, scope: 'read' },
    ])
    const token: string = body.access_token
    const verified = await instance.client().get('/auth/verify?scope=read', bearer(token))
    expect([
      verified.status,
      ...['user-id', 'client-id', 'scopes'].map((name) => verified.headers.get(`x-auth-${name}`)),
    ]).toEqual([204, '', app.clientId, 'read'])
    for (const query of ['', '?scope=write', '?scope=read&fresh=1', '?scope=read&method=totp']) {
      expect([query, await statusOf(instance, token, query)]).toEqual([query, 403])
    }
    const { auth } = instance
    expect(await auth.authenticate(me(token))).toBeNull()
    await expect(auth.require(me(token))).rejects.toMatchObject({ code: 'insufficient_scope' })
    await expect(auth.require(me(token), { scopes: ['read'] })).rejects.toMatchObject({ code: 'insufficient_scope' })
    await expect(auth.require(me(token), { client: true, scopes: ['write'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    await expect(auth.require(me(token), { client: true, session: true })).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    expect(await auth.require(me(token), { client: true, scopes: ['read'] })).toEqual({
      kind: 'oauth_client',
      user: null,
      client: { id: app.clientId, name: 'Notes' },
      scopes: ['read'],
      resource: null,
    })
    for (const path of ['/auth/session', '/auth/user', '/auth/tokens', '/auth/grants']) {
      expect([path, (await instance.client().get(path, bearer(token))).status]).toEqual([path, 403])
    }
    expect((await call(instance.client(), '/auth/oauth/introspect', app, { token })).body).toMatchObject({
      active: true,
      client_id: app.clientId,
      scope: 'read',
    })
    await call(instance.client(), '/auth/oauth/revoke', app, { token })
    expect(await statusOf(instance, token, '?scope=read')).toBe(401)
    const { body: more } = await own(instance, app)
    await auth.oauthClients.delete(app.clientId)
    expect(await statusOf(instance, more.access_token, '?scope=read')).toBe(401)
  })
})

test('an app that names no scope for itself gets all that it was created with, and a user is never asked about nothing', async () => {
  const instance = await start()
  const app = await createApp(instance, { scopes: ['read', 'write'] })
  const { body } = await call(instance.client(), '/auth/oauth/token', app, { grant_type: 'client_credentials' })
  expect(body.scope).toBe('read write')
  expect(await statusOf(instance, body.access_token, '?scope=write')).toBe(204)
  const ada = await register(instance)
  for (const scope of [null, '', 'unknown']) {
    const reply = await ada.get(authorization(app, { scope }).path, { accept: 'text/html' })
    expect([scope, new URL(locationOf(reply)).searchParams.get('error')]).toEqual([scope, 'invalid_scope'])
  }
  const device = await call(instance.client(), '/auth/oauth/device', app, { scope: 'unknown' })
  expect([device.status, device.body.error]).toEqual([400, 'invalid_scope'])
})

test('an app without a user gets no scope about a user, and an empty form is told what it lacks', async () => {
  const instance = await start()
  const app = await createApp(instance)
  expect((await own(instance, app, { scope: 'openid read offline_access' })).body.scope).toBe('read')
  for (const scope of ['openid', 'offline_access', 'profile email']) {
    const { status, body } = await own(instance, app, { scope })
    expect([status, body.error, body.access_token]).toEqual([400, 'invalid_scope', undefined])
  }
  for (const [path, lacks] of [
    ['token', 'grant_type'],
    ['introspect', 'token'],
    ['revoke', 'token'],
  ]) {
    const { status, body } = await call(instance.client(), `/auth/oauth/${path}`, app, {})
    expect([path, status, body.error]).toEqual([path, 400, 'invalid_request'])
    expect(body.error_description).toContain(`'${lacks}'`)
  }
})

test('scope escalation: an app gets only its own scopes, and a public app gets no token for itself', async () => {
  const instance = await start()
  const app = await createApp(instance)
  expect((await own(instance, app, { scope: 'write' })).body.error).toBe('invalid_scope')
  expect((await own(instance, app, { scope: 'read write' })).body.error).toBe('invalid_scope')
  const { body: all } = await own(instance, app, {})
  expect(all.scope).toBe('read')
  const inBrowser = await createApp(instance, { isPublic: true })
  expect((await own(instance, inBrowser)).body).toEqual({
    error: 'invalid_request',
    error_description: 'requested grant type is not allowed for this client',
  })
  const { body } = await own(instance, { ...app, clientSecret: `${app.clientSecret?.slice(0, -1)}x` })
  expect(body.error).toBe('invalid_client')
})

test.each([false, true])(
  'forward-auth tells an app the email address only with the scope email (first party: %s)',
  async (isFirstParty) => {
    const instance = await start({ forwardAuth: { jwt: true } })
    const ada = await register(instance)
    const app = await createApp(instance, { isFirstParty })
    const answerTo = async (scope: string) => {
      const { access_token: token } = await obtain(instance, ada, app, { scope })
      const { status, headers } = await instance.client().get('/auth/verify', bearer(token))
      const [, claims = ''] = (headers.get('x-auth-jwt') ?? '').split('.')
      return { status, email: headers.get('x-auth-user-email'), jwt: Buffer.from(claims, 'base64url').toString() }
    }
    const { status, email, jwt } = await answerTo('openid profile read')
    expect([status, email]).toEqual([204, '']) // empty: no proxy passes on the header of a client
    expect(jwt).not.toMatch(/email|ada@/)
    const { email: allowed, jwt: allowedJwt } = await answerTo('openid email')
    expect([allowed, JSON.parse(allowedJwt).email]).toEqual(['ada@example.com', 'ada@example.com'])
    expect((await answerTo('read')).email).toBe('')
  },
)

test("an app without the scope email finds the address at none of the service's routes", async () => {
  const instance = await start()
  const ada = await register(instance, 'ada.private@example.com')
  const app = await createApp(instance)
  const { access_token: token } = await obtain(instance, ada, app, { scope: 'openid read' })
  const document = (await instance.client().get('/auth/openapi.json')).body
  const paths = Object.keys(document.paths as object).filter((path) => document.paths[path].get !== undefined)
  expect(paths.length).toBeGreaterThan(20)
  for (const path of paths) {
    const { text, headers } = await instance.client().get(path.replaceAll(/\{\w+\}/g, 'x'), bearer(token))
    expect([path, `${text}${JSON.stringify([...headers])}`.includes('ada.private')]).toEqual([path, false])
  }
  const introspected = await call(instance.client(), '/auth/oauth/introspect', app, { token: token ?? '' })
  expect(introspected.text).not.toContain('ada.private')
})

describe('several APIs (RFC 8707)', () => {
  const resources = { oauth: { resources: [PAYMENTS, MAIL] } }

  test('a token for one API is refused at every other one, and at the service itself (ASVS 10.3.1)', async () => {
    const instance = await start(resources)
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = await obtain(instance, ada, app, { resource: PAYMENTS, scope: 'openid read' })
    const at = (token: string | undefined, resource: string | null) =>
      statusOf(
        instance,
        token,
        `?${new URLSearchParams({ scope: 'read', ...(resource === null ? {} : { resource }) })}`,
      )
    for (const round of ['cold', 'warm']) {
      const statuses = [
        await at(tokens.access_token, PAYMENTS),
        await at(tokens.access_token, MAIL),
        await at(tokens.access_token, null),
      ]
      expect([round, ...statuses]).toEqual([round, 204, 401, 401])
    }
    const { auth } = instance
    expect(await auth.authenticate(me(tokens.access_token))).toBeNull()
    await expect(auth.require(me(tokens.access_token), { resource: MAIL })).rejects.toMatchObject({
      code: 'invalid_token',
    })
    expect(await auth.require(me(tokens.access_token), { resource: PAYMENTS, scopes: ['read'] })).toMatchObject({
      kind: 'oauth_grant',
      resource: PAYMENTS,
    })
    expect((await instance.client().get('/auth/oauth/userinfo', bearer(tokens.access_token))).status).toBe(403)
    const plain = await obtain(instance, ada, app)
    expect([await at(plain.access_token, null), await at(plain.access_token, PAYMENTS)]).toEqual([204, 401])
    const { body: machine } = await own(instance, app, { scope: 'read', resource: MAIL })
    expect([await at(machine.access_token, MAIL), await at(machine.access_token, null)]).toEqual([204, 401])
  })

  test('a refresh stays at the API of its authorization, and another one is refused (resource escalation)', async () => {
    const instance = await start(resources)
    const ada = await register(instance)
    const app = await createApp(instance)
    const { refresh_token: token = '' } = await obtain(instance, ada, app, { resource: PAYMENTS, scope: 'read' })
    const refresh = (fields: Record<string, string>) =>
      call(instance.client(), '/auth/oauth/token', app, {
        grant_type: 'refresh_token',
        refresh_token: token,
        ...fields,
      })
    expect((await refresh({ resource: MAIL })).body.error).toBe('invalid_target')
    const { body } = await refresh({})
    expect(await statusOf(instance, body.access_token, `?resource=${PAYMENTS}`)).toBe(204)
    expect(await statusOf(instance, body.access_token)).toBe(401)
  })

  test('the service itself needs no entry; unknown APIs are refused, at the request and in the settings', async () => {
    const instance = await start(resources)
    const ada = await register(instance)
    const app = await createApp(instance)
    for (const resource of ['http://localhost:3000', 'http://localhost:3000/mcp']) {
      const tokens = await obtain(instance, ada, app, { resource })
      expect(await statusOf(instance, tokens.access_token, '?scope=read')).toBe(204)
    }
    for (const resource of ['https://evil.example/', 'https://pay.example.com', '/mcp', 'http://localhost:3000/#x']) {
      const reply = await ada.get(authorization(app, { resource }).path, HTML)
      expect([resource, new URL(locationOf(reply)).searchParams.get('error')]).toEqual([resource, 'invalid_target'])
    }
    expect((await ada.get('/auth/verify?resource=https://evil.example/')).status).toBe(400)
    await expect(instance.auth.require(me('x'), { resource: 'https://evil.example/' })).rejects.toThrow(
      'oauth.resources',
    )
    await expect(startOAuth('handler', { oauth: { resources: ['evil'] } })).rejects.toThrow('oauth.resources')
  })
})

describe('a recent proof of identity (RFC 9470)', () => {
  test('an app whose user proved themselves long ago is told the age that the proof may have (ASVS 10.3.4)', async () => {
    const instance = await start()
    const ada = await register(instance)
    const app = await createApp(instance)
    const scope = 'openid offline_access read'
    const old = await obtain(instance, ada, app, { scope })
    expect(await statusOf(instance, old.access_token, '?fresh=1')).toBe(204)
    instance.advance(700_000)
    const refused = await instance.client().get('/auth/verify?scope=read&fresh=1', bearer(old.access_token))
    expect([refused.status, refused.body.code, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'insufficient_user_authentication',
      'Bearer realm="latchkey", error="insufficient_user_authentication", max_age="600", resource_metadata="http://localhost:3000/auth/.well-known/oauth-protected-resource"',
    ])
    const { body: refreshed } = await call(instance.client(), '/auth/oauth/token', app, {
      grant_type: 'refresh_token',
      refresh_token: old.refresh_token ?? '',
    })
    expect(await statusOf(instance, refreshed.access_token, '?fresh=1')).toBe(401)
    const { auth } = instance
    const fresh = { fresh: true, scopes: ['read'] } as const
    await expect(auth.require(me(old.access_token), fresh)).rejects.toMatchObject({
      code: 'insufficient_user_authentication',
    })
    // An action that names no scope is not for apps.
    await expect(auth.require(me(old.access_token), { fresh: true })).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    const page = await open(ada, authorization(app, { scope, max_age: '600' }).path)
    const next = new URL(page.url, 'http://x').searchParams.get('next') ?? ''
    await ada.form('/auth/reauthenticate', { password: 'correct horse battery', next })
    const stepped = await obtain(instance, ada, app, { scope, max_age: '600' })
    expect(await statusOf(instance, stepped.access_token, '?fresh=1')).toBe(204)
    expect(await auth.require(me(stepped.access_token), fresh)).toMatchObject({
      kind: 'oauth_grant',
      methods: ['password'],
    })
    const json = JSON.parse(JSON.stringify(await auth.authenticate(me(stepped.access_token))))
    expect(json.authenticatedAt).toMatch(/^\d{4}-.*Z$/)
  })
})

describe('what an app learns from a 401 (RFC 9728)', () => {
  const challengeOf = async (auth: Latchkey, headers: Record<string, string> = {}) => {
    const error = await auth.require(new Request('http://localhost:3000/me', { headers })).catch((thrown) => thrown)
    return auth.toResponse(error).headers.get('www-authenticate')
  }

  test('the challenge leads to the description of the API, which leads to the authorization server', async () => {
    const instance = await start()
    const url = 'http://localhost:3000/auth/.well-known/oauth-protected-resource'
    const cookie = 'Cookie realm="latchkey", form-action="http://localhost:3000/auth/login", cookie-name="latchkey"'
    expect(await challengeOf(instance.auth)).toBe(`Bearer realm="latchkey", resource_metadata="${url}", ${cookie}`)
    expect(await challengeOf(instance.auth, bearer('lko_x'))).toBe(
      `Bearer realm="latchkey", error="invalid_token", resource_metadata="${url}"`,
    )
    const unknown = await instance.auth.require(me('x'), { scopes: ['read'] }).catch((thrown) => thrown)
    expect(instance.auth.toResponse(unknown).headers.get('www-authenticate')).toBe(
      `Bearer realm="latchkey", error="invalid_token", scope="read", resource_metadata="${url}"`,
    )
    for (const path of ['/auth/verify', '/auth/session']) {
      const reply = await instance.client().get(path)
      expect([path, reply.headers.get('www-authenticate')]).toEqual([path, expect.stringContaining(url)])
    }
    for (const path of ['/auth/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource']) {
      expect((await instance.client().get(path)).body).toMatchObject({
        resource: 'http://localhost:3000',
        authorization_servers: ['http://localhost:3000/auth'],
        scopes_supported: ['read', 'write'],
      })
    }
    const off = await start({ oauth: { enabled: false } })
    expect(await challengeOf(off.auth)).toBe(cookie)
  })
})
