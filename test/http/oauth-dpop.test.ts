/* Tokens that are bound to a key (RFC 9449), and attacks on them. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Latchkey, LatchkeyOptions } from '../../src/index.ts'
import type { Reply } from '../support/client.ts'
import { type App, allow, authorization, createApp, register, startOAuth } from '../support/oauth.ts'
import { type Instance, RINGS, type Ring } from '../support/rings.ts'

const PAYMENTS = 'https://pay.example.com/'

interface Keys {
  readonly privateKey: KeyObject
  readonly jwk: Record<string, unknown>
}

function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) as Record<string, unknown> }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Builds a proof; `changes` replace members of its header and its claims. */
function proofOf(
  { privateKey, jwk }: Keys,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): string {
  const signed = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })}.${encode({ jti: randomUUID(), ...claims })}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

interface Scene {
  readonly instance: Instance
  readonly keys: Keys
  readonly token: string
  readonly seconds: () => number
}

async function start(ring: Ring = 'handler', options: Partial<LatchkeyOptions> = {}): Promise<Scene> {
  let moved = 0
  const began = Date.now()
  const instance = await startOAuth(ring, options)
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  const seconds = (): number => Math.floor((began + moved) / 1_000)
  const advance = instance.advance.bind(instance)
  instance.advance = (ms) => {
    moved += ms
    advance(ms)
  }
  const ada = await register(instance)
  const app = await createApp(instance)
  const keys = newKeys()
  const request = authorization(app, { scope: 'openid offline_access read' })
  const code = await allow(ada, request)
  const { status, body, text } = await exchange(instance, app, { code, verifier: request.verifier, keys, seconds })
  expect([status, body.token_type, text]).toEqual([200, 'DPoP', text])
  return { instance, keys, token: body.access_token, seconds }
}

interface Exchange {
  readonly code: string
  readonly verifier: string
  readonly keys: Keys
  readonly seconds: () => number
}

function exchange(instance: Instance, app: App, { code, verifier, keys, seconds }: Exchange): Promise<Reply> {
  const proof = proofOf(keys, { htm: 'POST', htu: 'http://localhost:3000/auth/oauth/token', iat: seconds() })
  return instance.client().request('/auth/oauth/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')}`,
      dpop: proof,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: app.redirectUri,
    }).toString(),
  })
}

/** Calls the API of the library. */
async function kindOf({ instance }: Scene, headers: Record<string, string>, url = '/me?x=1', method = 'GET') {
  const request = new Request(`http://localhost:3000${url}`, { method, headers })
  return (await instance.auth.authenticate(request))?.kind ?? null
}

const rightClaims = ({ token, seconds }: Scene): Record<string, unknown> => ({
  htm: 'GET',
  htu: 'http://localhost:3000/me',
  iat: seconds(),
  ath: hash(token),
})
const dpop = (scene: Scene, proof: string): Record<string, string> => ({
  authorization: `DPoP ${scene.token}`,
  dpop: proof,
})

describe.each(RINGS)('tokens that are bound to a key (%s)', (ring) => {
  test('a request with a new proof is accepted, cold and warm, and a replay of it is refused on every node', async () => {
    const scene = await start(ring)
    const { instance, keys } = scene
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const [first, second] = [proofOf(keys, rightClaims(scene)), proofOf(keys, rightClaims(scene))]
    expect([await kindOf(scene, dpop(scene, first)), await kindOf(scene, dpop(scene, second))]).toEqual([
      'oauth_grant',
      'oauth_grant',
    ])
    expect(await kindOf(scene, dpop(scene, first))).toBeNull()
    const onOther = new Request('http://localhost:3000/me', { headers: dpop(scene, second) })
    expect(await other.authenticate(onOther)).toBeNull()
    const third = proofOf(keys, rightClaims(scene))
    const raced = await Promise.all(
      [instance.auth, other].map((node) =>
        node.authenticate(new Request('http://localhost:3000/me', { headers: dpop(scene, third) })),
      ),
    )
    expect(raced.filter((each) => each !== null)).toHaveLength(1)
  })
})

test('a stolen token is worth nothing: without a proof, as Bearer, or with the proof of another key (ASVS 10.3.5)', async () => {
  const scene = await start()
  const right = rightClaims(scene)
  expect(await kindOf(scene, { authorization: `Bearer ${scene.token}` })).toBeNull()
  expect(await kindOf(scene, { authorization: `Bearer ${scene.token}`, dpop: proofOf(scene.keys, right) })).toBeNull()
  expect(await kindOf(scene, { authorization: `DPoP ${scene.token}` })).toBeNull()
  expect(await kindOf(scene, dpop(scene, proofOf(newKeys(), right)))).toBeNull()
  expect(await kindOf(scene, dpop(scene, proofOf(scene.keys, right)))).toBe('oauth_grant')
})

test('a refused proof and a request to another API leave no trace of use, and use up no proof', async () => {
  const scene = await start('handler', { oauth: { resources: [PAYMENTS] } })
  const { instance, keys } = scene
  /** Runs requests on a node of their own, which writes last uses when it closes. */
  const lastUseAfter = async (work: (node: Latchkey) => Promise<unknown>): Promise<unknown> => {
    const node = await instance.sibling()
    await work(node).finally(() => node.close())
    return (await instance.runSql('SELECT last_used_at FROM oauth_grants'))[0]?.last_used_at
  }
  const me = (headers: Record<string, string>) => new Request('http://localhost:3000/me', { headers })
  const proof = proofOf(keys, rightClaims(scene))
  const refused = await lastUseAfter(async (node) => {
    for (const headers of [
      { authorization: `Bearer ${scene.token}` },
      dpop(scene, proofOf(newKeys(), rightClaims(scene))),
    ])
      expect(await node.authenticate(me(headers))).toBeNull()
    await expect(node.require(me(dpop(scene, proof)), { resource: PAYMENTS })).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })
  expect(refused).toBeNull()
  const accepted = await lastUseAfter(async (node) => {
    expect(await node.authenticate(me(dpop(scene, proofOf(newKeys(), rightClaims(scene)))))).toBeNull()
    expect((await node.authenticate(me(dpop(scene, proof))))?.kind).toBe('oauth_grant')
  })
  expect(accepted).not.toBeNull()
})

test.each([
  ['another htu', { htu: 'http://localhost:3000/other' }],
  ['the htu of another host', { htu: 'https://evil.example/me' }],
  ['a relative htu', { htu: '/me' }],
  ['another htm', { htm: 'POST' }],
  ['the ath of another token', { ath: hash('lko_x') }],
  ['no ath', { ath: undefined }],
  ['an old iat', { iat: Math.floor(Date.now() / 1_000) - 120 }],
  ['an iat in the future', { iat: Math.floor(Date.now() / 1_000) + 120 }],
  ['no iat', { iat: undefined }],
  ['no jti', { jti: undefined }],
  ['a long jti', { jti: 'x'.repeat(300) }],
])('a proof with %s is refused', async (_name, wrong) => {
  const scene = await start()
  expect(await kindOf(scene, dpop(scene, proofOf(scene.keys, { ...rightClaims(scene), ...wrong })))).toBeNull()
})

test('a proof with alg none, HS256, a foreign type, a private key, no key or a false signature is refused', async () => {
  const scene = await start()
  const right = rightClaims(scene)
  for (const header of [
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'RS256' },
    { typ: 'JWT' },
    { crit: ['exp'], exp: 1 }, // an extension that must be understood
    { jwk: { ...scene.keys.jwk, d: 'AAAA' } },
    { jwk: undefined, jku: 'https://evil.example/jwks.json' },
    { jwk: { ...scene.keys.jwk, x: 'AAAA' } },
  ]) {
    expect([header, await kindOf(scene, dpop(scene, proofOf(scene.keys, right, header)))]).toEqual([header, null])
  }
  const proof = proofOf(scene.keys, right)
  for (const broken of [`${proof.slice(0, -4)}AAAA`, `${proof}.x`, 'x', '', `${proof}, ${proof}`]) {
    expect(await kindOf(scene, dpop(scene, broken))).toBeNull()
  }
})

test('forward-auth checks the proof against the request that the proxy describes', async () => {
  const scene = await start()
  const verify = (proof: string, more: Record<string, string> = {}) =>
    scene.instance.client().get('/auth/verify?scope=read', {
      ...dpop(scene, proof),
      'x-forwarded-method': 'POST',
      'x-forwarded-uri': '/notes?page=2',
      'x-forwarded-host': 'localhost:3000',
      ...more,
    })
  const right = { ...rightClaims(scene), htm: 'POST', htu: 'http://localhost:3000/notes' }
  expect((await verify(proofOf(scene.keys, right))).status).toBe(204)
  expect((await verify(proofOf(scene.keys, { ...right, htm: 'GET' }))).status).toBe(401)
  expect((await verify(proofOf(scene.keys, { ...right, htu: 'http://localhost:3000/auth/verify' }))).status).toBe(401)
  expect((await verify(proofOf(scene.keys, right), { 'x-original-method': 'GET' })).status).toBe(401)
})

test('a direct question to forward-auth is proved like every request, and a proxy must describe its request completely', async () => {
  const scene = await start()
  const claims = { ...rightClaims(scene), htm: 'GET', htu: 'http://localhost:3000/auth/verify' }
  const verify = async (more: Record<string, string> = {}): Promise<number> => {
    const headers = { ...dpop(scene, proofOf(scene.keys, claims)), ...more }
    return (await scene.instance.client().get('/auth/verify?scope=read', headers)).status
  }
  expect(await verify()).toBe(204)
  for (const half of ['x-forwarded-method', 'x-original-method']) expect(await verify({ [half]: 'GET' })).toBe(401)
  for (const half of ['x-forwarded-uri', 'x-original-uri']) expect(await verify({ [half]: '/auth/verify' })).toBe(401)
})

test('the scheme DPoP beside our cookie is refused, and other tokens are not sent with it', async () => {
  const scene = await start()
  const eve = await register(scene.instance, 'eve@example.com')
  const both = await eve.get('/auth/session', { authorization: `DPoP ${scene.token}` })
  expect([both.status, both.body.code]).toEqual([400, 'two_credentials'])
  const { secret } = (await eve.post('/auth/tokens', { name: 'script', scopes: ['read'] })).body
  const token = secret ?? 'lkp_x'
  const proof = proofOf(scene.keys, { ...rightClaims(scene), ath: hash(token) })
  expect(await kindOf(scene, { authorization: `DPoP ${token}`, dpop: proof })).toBeNull()
})
