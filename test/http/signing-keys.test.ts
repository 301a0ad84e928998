/* Rotation of the keys that sign for others: new keys sign at once, old ones stay public as long as their tokens live. */
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createApp, obtain, register, startOAuth, statusOf } from '../support/oauth.ts'
import { type Instance, RINGS, type Ring, startInstance } from '../support/rings.ts'

const STOCK = 'https://stock.example.com/'

async function start(ring: Ring): Promise<Instance> {
  const resources = [{ url: STOCK, accessTokens: 'jwt' }] as const
  const instance = await startOAuth(ring, { oauth: { resources }, forwardAuth: { jwt: true } })
  onTestFinished(() => instance.close())
  onTestFinished(() => expect(instance.errors).toEqual([]))
  return instance
}

const kidOf = (jwt: string | undefined): string =>
  JSON.parse(Buffer.from(jwt?.split('.')[0] ?? '', 'base64url').toString()).kid
const publicKids = async (instance: Instance): Promise<string[]> =>
  (await instance.client().get('/auth/jwks.json')).body.keys.map(({ kid }: { readonly kid: string }) => kid)

describe.each(RINGS)('rotation of keys (%s)', (ring) => {
  test('new keys sign at once, and the old ones verify until their last token has expired', async () => {
    const instance = await start(ring)
    const ada = await register(instance)
    const app = await createApp(instance)
    const tokens = () => obtain(instance, ada, app, { scope: 'openid read', resource: STOCK })
    const identity = async () => (await ada.get('/auth/verify')).headers.get('x-auth-jwt') ?? ''
    const before: Record<string, string> = { ...(await tokens()), identity: await identity() }
    expect((await publicKids(instance)).toSorted()).toEqual([kidOf(before.id_token), kidOf(before.identity)].toSorted())
    const { oldKeysEndAt } = await instance.auth.signingKeys.rotate()
    const after: Record<string, string> = { ...(await tokens()), identity: await identity() }
    const kids = await publicKids(instance)
    const used = [before.id_token, before.identity, after.id_token, after.identity].map(kidOf)
    expect([new Set(used).size, kids.toSorted()]).toEqual([4, used.toSorted()])
    expect(kidOf(after.access_token)).toBe(kidOf(after.id_token))
    const atStock = `?${new URLSearchParams({ scope: 'read', resource: STOCK })}`
    expect([
      await statusOf(instance, before.access_token, atStock),
      await statusOf(instance, after.access_token, atStock),
    ]).toEqual([204, 204])
    expect(instance.events.map(({ type }) => type)).toContain('signing_keys.rotated')
    instance.advance(3_600_000)
    expect(await publicKids(instance)).toHaveLength(4)
    instance.advance(300_000)
    expect((await publicKids(instance)).toSorted()).toEqual([kidOf(after.id_token), kidOf(after.identity)].toSorted())
    expect(oldKeysEndAt).toBeLessThanOrEqual(Date.now() + 3_900_000)
  })

  test('another node signs with the new key without a restart, and accepts what it signed before it heard of it', async () => {
    const instance = await start(ring)
    const other = await instance.sibling()
    onTestFinished(() => other.close())
    const ada = await register(instance)
    const app = await createApp(instance)
    const old = await obtain(instance, ada, app, { scope: 'openid read', resource: STOCK })
    await other.signingKeys.rotate()
    const jwks = (await publicKids(instance)).length
    const fresh = await obtain(instance, ada, app, { scope: 'openid read', resource: STOCK })
    expect([jwks, kidOf(fresh.id_token) === kidOf(old.id_token)]).toEqual([4, false])
    const third = await instance.sibling()
    onTestFinished(() => third.close())
    const headers = { authorization: `Bearer ${fresh.access_token}` }
    const url = `http://localhost:3000/auth/verify?${new URLSearchParams({ resource: STOCK })}`
    expect((await third.handler(new Request(url, { headers }))).status).toBe(204)
  })
})

test.each([
  ['EdDSA', 'OKP'],
  ['RS256', 'RSA'],
] as const)(
  'with %s the first algorithm signs everything, the others stay public, and a rotation has an overlap',
  async (alg, kty) => {
    const resources = [{ url: STOCK, accessTokens: 'jwt' }] as const
    const signingAlgorithms = [alg, 'ES256'] as const
    const instance = await startOAuth('handler', { oauth: { resources, signingAlgorithms } })
    onTestFinished(() => instance.close())
    const ada = await register(instance)
    const app = await createApp(instance)
    const { body: metadata } = await instance.client().get('/auth/.well-known/openid-configuration')
    expect(metadata.id_token_signing_alg_values_supported).toEqual(signingAlgorithms)
    const atStock = `?${new URLSearchParams({ scope: 'read', resource: STOCK })}`
    const seen = []
    for (const round of [1, 2]) {
      const { id_token: idToken = '', access_token: accessToken = '' } = await obtain(instance, ada, app, {
        scope: 'openid read',
        resource: STOCK,
      })
      seen.push(accessToken)
      const { keys } = (await instance.client().get('/auth/jwks.json')).body
      expect(keys).toHaveLength(round * 2)
      for (const jwt of [idToken, ...seen]) {
        const jwk = keys.find(({ kid }: { readonly kid: string }) => kid === kidOf(jwt))
        expect([jwk.kty, jwk.alg, jwk.use]).toEqual([kty, alg, 'sig'])
        const [header, claims, signature] = jwt.split('.')
        const key = createPublicKey({ key: jwk, format: 'jwk' })
        const data = Buffer.from(`${header}.${claims}`)
        expect(verify(alg === 'RS256' ? 'sha256' : null, data, key, Buffer.from(signature ?? '', 'base64url'))).toBe(
          true,
        )
      }
      for (const token of seen) expect(await statusOf(instance, token, atStock)).toBe(204)
      const hint = await ada.get(`/auth/oauth/logout?${new URLSearchParams({ id_token_hint: `${idToken}x` })}`)
      expect(hint.status).toBe(400)
      if (round === 1) await instance.auth.signingKeys.rotate()
      else expect((await ada.get(`/auth/oauth/logout?id_token_hint=${idToken}`)).status).toBe(303)
    }
    expect(instance.errors).toEqual([])
  },
)

test.each([[[]], [['HS256']], [['none']], [['ES256', 'ES256']]])(
  'the signing algorithms %j do not start',
  async (given) => {
    const oauth = { signingAlgorithms: given as never }
    await expect(startOAuth('handler', { oauth })).rejects.toThrow('oauth.signingAlgorithms')
  },
)

test.each([
  ['nothing signs', {}, 0],
  ['OAuth is on', { oauth: {} }, 1],
  ['forward-auth signs identities', { forwardAuth: { jwt: true } }, 1],
])('when %s (%o), the start reads the keys %i times', async (_, options, reads) => {
  const instance = await startInstance('handler', options)
  onTestFinished(() => instance.close())
  expect(instance.statements.filter((text) => text.includes('from "signing_keys"'))).toHaveLength(reads)
})

test('the public keys stay readable while the database does not answer', async () => {
  const instance = await start('handler')
  const kids = await publicKids(instance)
  await instance.runSql('ALTER TABLE signing_keys RENAME TO gone')
  expect([kids.length, await publicKids(instance)]).toEqual([2, kids])
  await instance.runSql('ALTER TABLE gone RENAME TO signing_keys')
  instance.errors.length = 0 // a background read may have failed as well
})

test('a node that has not heard of a rotation reads the keys when it meets an unknown one', async () => {
  const instance = await start('handler')
  const other = await instance.sibling()
  onTestFinished(() => other.close())
  const ada = await register(instance)
  const app = await createApp(instance)
  await instance.auth.signingKeys.rotate()
  const { access_token: token } = await obtain(instance, ada, app, { scope: 'openid read', resource: STOCK })
  const headers = { authorization: `Bearer ${token}` }
  const url = `http://localhost:3000/auth/verify?${new URLSearchParams({ resource: STOCK })}`
  const there = async () => (await other.handler(new Request(url, { headers }))).status
  await expect.poll(there, { interval: 20, timeout: 5_000 }).toBe(204)
})

test('rotations at the same moment, and a clock that went back, leave one newest generation on all nodes', async () => {
  const instance = await start('server, PostgreSQL')
  const other = await instance.sibling()
  onTestFinished(() => other.close())
  instance.advance(-60_000)
  await Promise.all([instance.auth.signingKeys.rotate(), other.signingKeys.rotate()])
  const ada = await register(instance)
  const app = await createApp(instance)
  await publicKids(instance)
  await other.handler(new Request('http://localhost:3000/auth/jwks.json'))
  const { id_token: idToken } = await obtain(instance, ada, app, { scope: 'openid' })
  const { keys } = (await (await other.handler(new Request('http://localhost:3000/auth/jwks.json'))).json()) as {
    readonly keys: readonly { readonly kid: string; readonly alg: string }[]
  }
  expect(keys.find(({ alg }) => alg === 'ES256')?.kid).toBe(kidOf(idToken))
  expect(keys).toHaveLength(6)
})
