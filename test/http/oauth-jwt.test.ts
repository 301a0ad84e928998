/* Access tokens that are JWTs (RFC 9068), for APIs that verify them without asking, and attacks on them. */
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { deriveEs256Keys } from '../../src/crypto/es256.ts'
import type { Client } from '../support/client.ts'
import { type App, call, createApp, obtain, refresh, register, startOAuth, statusOf } from '../support/oauth.ts'
import { type Instance, RINGS, type Ring } from '../support/rings.ts'

const STOCK = 'https://stock.example.com/'
const MAIL = 'https://mail.example.com/'
const PAYMENTS = 'https://pay.example.com/'
const ISSUER = 'http://localhost:3000/auth'
/** The secret of the instances under test. */
const SECRET = Buffer.alloc(32, 7)

interface Scene {
  readonly instance: Instance
  readonly ada: Client
  readonly app: App
}

async function open(ring: Ring = 'handler'): Promise<Scene> {
  const resources = [{ url: STOCK, accessTokens: 'jwt' }, { url: MAIL, accessTokens: 'jwt' }, PAYMENTS] as const
  const instance = await startOAuth(ring, { oauth: { resources }, forwardAuth: { jwt: true } })
  return { instance, ada: await register(instance), app: await createApp(instance) }
}

async function start(ring: Ring = 'handler'): Promise<Scene> {
  const scene = await open(ring)
  onTestFinished(() => scene.instance.close())
  onTestFinished(() => expect(scene.instance.errors).toEqual([]))
  return scene
}

const at = (instance: Instance, token: string | undefined, resource = STOCK) =>
  statusOf(instance, token, `?${new URLSearchParams({ scope: 'read', ...(resource === '' ? {} : { resource }) })}`)

const tokenFor = async ({ instance, ada, app }: Scene, parameters: Record<string, string> = {}) =>
  obtain(instance, ada, app, { scope: 'openid offline_access read', resource: STOCK, ...parameters })

/** The parts of a JWT. */
function parts(jwt: string | undefined): [Record<string, unknown>, Record<string, unknown>, string] {
  const [head = '', body = '', signature = ''] = (jwt ?? '').split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  return [read(head), read(body), signature]
}

type Revocation = (scene: Scene, tokens: Record<string, string>) => Promise<unknown>
const revokeToken = ({ instance, app }: Scene, token = '') =>
  call(instance.client(), '/auth/oauth/revoke', app, { token })
const REVOCATIONS: readonly [string, Revocation][] = [
  ['the token', (scene, { access_token: token }) => revokeToken(scene, token)],
  ['the refresh token', (scene, { refresh_token: token }) => revokeToken(scene, token)],
  [
    'the grant',
    async ({ ada }) => {
      const { grants } = (await ada.get('/auth/grants')).body
      await ada.request(`/auth/grants/${grants[0].id}`, { method: 'DELETE' })
    },
  ],
  ['the client', ({ instance, app }) => instance.auth.oauthClients.delete(app.clientId)],
  ['everything', ({ ada }) => ada.request('/auth/access', { method: 'DELETE' })],
  ['the user', async ({ instance, ada }) => instance.auth.users.disable((await ada.get('/auth/session')).body.user.id)],
]

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe.each(RINGS)('JWT access tokens (%s)', (ring) => {
  test('an API verifies the token with the public keys alone, and we accept it as an opaque one', async () => {
    const scene = await start(ring)
    const { instance, ada, app } = scene
    const { access_token: token = '' } = await tokenFor(scene)
    const [head, claims, signature] = parts(token)
    const { keys } = (await instance.client().get('/auth/jwks.json')).body
    const key: JsonWebKey = keys.find(({ kid }: { readonly kid: string }) => kid === head.kid)
    expect(head).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
    const [signed] = [token.slice(0, token.lastIndexOf('.'))]
    const publicKey = createPublicKey({ key, format: 'jwk' })
    const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(signed), options, Buffer.from(signature, 'base64url'))).toBe(true)
    const { user } = (await ada.get('/auth/session')).body
    expect(claims).toEqual({
      iss: ISSUER,
      aud: STOCK,
      sub: user.id,
      client_id: app.clientId,
      scope: expect.stringContaining('read'),
      iat: expect.any(Number),
      exp: Number(claims.iat) + 3600,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      auth_time: expect.any(Number),
      amr: ['pwd'],
      acr: 'aal1',
    })
    for (const round of ['cold', 'warm']) {
      const statuses = [await at(instance, token), await at(instance, token, MAIL), await at(instance, token, '')]
      expect([round, ...statuses]).toEqual([round, 204, 401, 401])
    }
    const stored = await instance.stored()
    expect([stored.includes(String(claims.jti)), stored.includes(signature)]).toEqual([false, false])
    const { body: machine } = await call(instance.client(), '/auth/oauth/token', app, {
      grant_type: 'client_credentials',
      scope: 'read',
      resource: STOCK,
    })
    expect(parts(machine.access_token)[1]).toMatchObject({ sub: app.clientId, client_id: app.clientId, scope: 'read' })
    expect(await at(instance, machine.access_token)).toBe(204)
  })

  test('a JWT that was revoked, in any way, is dead on all nodes', async () => {
    const { instance } = await start(ring)
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const late: [string, number][] = []
    for (const [name, revoke] of REVOCATIONS) {
      const ada = await register(instance, `${name.replaceAll(' ', '-')}@example.com`)
      const app = await createApp(instance)
      const tokens = await tokenFor({ instance, ada, app })
      const { access_token: token = '' } = tokens
      const headers = { authorization: `Bearer ${token}` }
      const url = `http://localhost:3000/auth/verify?${new URLSearchParams({ resource: STOCK })}`
      const there = async () => (await other.handler(new Request(url, { headers }))).status
      const introspect = async () => (await call(instance.client(), '/auth/oauth/introspect', app, { token })).body
      expect([name, await at(instance, token), await there(), await there()]).toEqual([name, 204, 204, 204])
      expect(await introspect()).toMatchObject({ active: true, client_id: app.clientId, aud: STOCK })
      await revoke({ instance, ada, app }, tokens)
      const revokedAt = performance.now()
      expect([name, await at(instance, token)]).toEqual([name, 401])
      await expect.poll(there, { interval: 5, timeout: 5_000 }).toBe(401)
      late.push([name, performance.now() - revokedAt])
      if (name !== 'the client') expect([name, await introspect()]).toEqual([name, { active: false }])
    }
    expect(late.filter(([, ms]) => ms > 1_000)).toEqual([])
  })
})

test('a JWT without offline_access ends with its session, and a refresh gives another one', async () => {
  const scene = await start()
  const { instance, ada, app } = scene
  const tokens = await tokenFor(scene, { scope: 'openid read' })
  const refreshed = await refresh(instance.client(), app, tokens.refresh_token ?? '')
  expect(parts(refreshed.body.access_token)[1]).toMatchObject({ aud: STOCK, amr: ['pwd'] })
  expect([await at(instance, tokens.access_token), await at(instance, refreshed.body.access_token)]).toEqual([204, 204])
  await ada.post('/auth/logout')
  expect([await at(instance, tokens.access_token), await at(instance, refreshed.body.access_token)]).toEqual([401, 401])
})

test('a stranger learns nothing about a JWT, and cannot revoke it', async () => {
  const scene = await start()
  const { instance } = scene
  const { access_token: token = '' } = await tokenFor(scene)
  const stranger = await createApp(instance, { name: 'Other' })
  expect((await call(instance.client(), '/auth/oauth/introspect', stranger, { token })).body).toEqual({ active: false })
  await call(instance.client(), '/auth/oauth/revoke', stranger, { token })
  const twice = new URLSearchParams([
    ['token', token],
    ['token', token],
  ])
  const { status } = await instance.client().request('/auth/oauth/introspect', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${stranger.clientId}:${stranger.clientSecret}`).toString('base64')}`,
    },
    body: twice.toString(),
  })
  expect([status, await at(instance, token)]).toEqual([400, 204])
})

test('a name of a token that the app made itself is unknown', async () => {
  const scene = await start()
  const { instance, app } = scene
  const { access_token: token = '' } = await tokenFor(scene)
  const [{ token_hash: hash }] = (await instance.runSql(
    "SELECT token_hash FROM oauth_tokens WHERE kind = 'AccessToken'",
  )) as [{ token_hash: string }]
  const introspect = async (text: string) =>
    (await call(instance.client(), '/auth/oauth/introspect', app, { token: text })).body.active
  expect([await introspect(token), await introspect(`hash:${hash}`), await introspect(hash)]).toEqual([
    true,
    false,
    false,
  ])
})

describe('attacks on a JWT', () => {
  let scene: Scene
  let token = ''
  beforeAll(async () => {
    scene = await open()
    token = (await tokenFor(scene)).access_token ?? ''
  })
  afterAll(() => scene.instance.close())
  const [own] = deriveEs256Keys([SECRET], 'oauth id tokens')
  const bySelf = (head: object, claims: object): string => {
    const data = `${part({ alg: 'ES256', typ: 'at+jwt', kid: own?.publicJwk.kid, ...head })}.${part(claims)}`
    return `${data}.${own?.sign(Buffer.from(data)).toString('base64url')}`
  }
  const byHmac = (head: object, claims: object, key: string | Buffer): string => {
    const data = `${part(head)}.${part(claims)}`
    return `${data}.${createHmac('sha256', key).update(data).digest('base64url')}`
  }
  const evil = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const byEvil = (head: object, claims: object): string => {
    const data = `${part(head)}.${part(claims)}`
    const signature = sign('sha256', Buffer.from(data), { key: evil.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${data}.${signature.toString('base64url')}`
  }
  const pem = own?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? ''

  test.each<[string, (head: object, claims: Record<string, unknown>, token: string) => string]>([
    ['alg none', (head, claims) => `${part({ ...head, alg: 'none' })}.${part(claims)}.`],
    [
      'alg None, with the signature',
      (head, claims, token) => `${part({ ...head, alg: 'None' })}.${part(claims)}.${token.split('.')[2]}`,
    ],
    ['HS256 with the public key as PEM', (head, claims) => byHmac({ ...head, alg: 'HS256' }, claims, pem)],
    [
      'HS256 with the public key as JWK',
      (head, claims) => byHmac({ ...head, alg: 'HS256' }, claims, JSON.stringify(own?.publicJwk)),
    ],
    ['an unknown kid', (head, claims) => byEvil({ ...head, kid: 'unknown' }, claims)],
    ['no kid', (_head, claims) => byEvil({ alg: 'ES256', typ: 'at+jwt' }, claims)],
    ['another key under our kid', byEvil],
    ['jwk in the header', (head, claims) => byEvil({ ...head, jwk: evil.publicKey.export({ format: 'jwk' }) }, claims)],
    [
      'jku in the header',
      (head, claims) => byEvil({ ...head, kid: 'evil', jku: 'https://evil.example/jwks.json' }, claims),
    ],
    [
      'another user',
      (head, claims, token) => `${part(head)}.${part({ ...claims, sub: 'someone' })}.${token.split('.')[2]}`,
    ],
    ['the key of the identities of forward-auth', (head, claims) => byEvil({ ...head, alg: 'EdDSA' }, claims)],
    ['a copy with a new id, signed by us', (head, claims) => bySelf(head, { ...claims, jti: 'another' })],
    ['expired, signed by us', (head, claims) => bySelf(head, { ...claims, exp: Number(claims.iat) - 1 })],
    ['from the future, signed by us', (head, claims) => bySelf(head, { ...claims, iat: Number(claims.iat) + 600 })],
    [
      'of another issuer, signed by us',
      (head, claims) => bySelf(head, { ...claims, iss: 'https://other.example/auth' }),
    ],
    ['for two APIs, signed by us', (head, claims) => bySelf(head, { ...claims, aud: [STOCK, MAIL] })],
    ['of another type, signed by us', (head, claims) => bySelf({ ...head, typ: 'JWT' }, claims)],
    [
      'with another signature of the same key',
      (_head, _claims, token) => {
        const [head = '', body = ''] = token.split('.')
        return `${head}.${body}.${own?.sign(Buffer.from(`${head}.${body}`)).toString('base64url')}`
      },
    ],
    ['with a part more', (_head, _claims, token) => `${token}.x`],
    ['with padding', (_head, _claims, token) => `${token}=`],
    ['that is too long', (_head, _claims, token) => `${token}${'A'.repeat(4_096)}`],
  ])('%s is refused', async (name, attack) => {
    const { instance } = scene
    const [head, claims] = parts(token)
    instance.statements.length = 0
    expect(await at(instance, attack(head, claims, token))).toBe(401)
    const isCopy = name.includes('copy') || name.includes('same key')
    const reads = instance.statements.filter((text) => text.includes('oauth_tokens'))
    expect(reads.length).toBe(isCopy ? 1 : 0) // everything else is refused without a query
    expect(await at(instance, token)).toBe(204)
  })

  test('an ID token and an identity of forward-auth are no access tokens, and an access token is nothing else', async () => {
    const { instance, ada } = scene
    const { id_token: idToken } = await tokenFor(scene)
    const identity = (await ada.get('/auth/verify')).headers.get('x-auth-jwt') ?? ''
    expect([await at(instance, idToken), await at(instance, identity)]).toEqual([401, 401])
    const hint = `/auth/oauth/logout?${new URLSearchParams({ id_token_hint: token })}`
    expect((await ada.get(hint, { accept: 'text/html' })).status).toBe(400)
    const cookie = { cookie: `latchkey=${token}` }
    expect((await instance.client().get('/auth/session', cookie)).status).toBe(401)
    const userinfo = await instance.client().get('/auth/oauth/userinfo', { authorization: `Bearer ${token}` })
    expect(userinfo.status).toBe(403)
  })
})

test('a JWT expires, and the opaque form stays the default', async () => {
  const scene = await start()
  const { instance } = scene
  const { access_token: token } = await tokenFor(scene)
  const { access_token: opaque } = await tokenFor(scene, { resource: PAYMENTS })
  expect([opaque, await at(instance, opaque, PAYMENTS)]).toEqual([expect.stringMatching(/^lko_/), 204])
  expect(await at(instance, token)).toBe(204)
  instance.advance(3_601_000)
  expect(await at(instance, token)).toBe(401)
})
