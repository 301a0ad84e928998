import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { createKeyMaker } from './key-maker.ts'
import { signJwt } from './sign-jwt.ts'
import { SIGNING_ALGORITHMS } from './signing-key.ts'
import { verifyJwt } from './verify-jwt.ts'

const SECRET = Buffer.alloc(32, 3)

test('keys of every algorithm: the same on every node, and no private part is public; an RSA key has 2,048 bits', async () => {
  const [one, two] = [1, 2].map(() => createKeyMaker([SECRET], 'test', ['RS256', 'EdDSA', 'ES256']))
  await Promise.all([one?.prepare(''), two?.prepare('')])
  const keys = one?.keys('') ?? []
  expect(keys.map(({ publicJwk }) => publicJwk)).toEqual(two?.keys('').map(({ publicJwk }) => publicJwk))
  expect(keys.map(({ publicJwk }) => publicJwk.alg)).toEqual(['RS256', 'EdDSA', 'ES256'])
  const [rsa, ...others] = keys
  const publicKey = createPublicKey({ key: { ...rsa?.publicJwk }, format: 'jwk' })
  expect(publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2_048, publicExponent: 65_537n })
  const data = Buffer.from('data')
  expect(verify('sha256', data, publicKey, rsa?.sign(data) ?? data)).toBe(true)
  expect(Object.keys(rsa?.publicJwk ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  for (const { publicJwk } of others) expect(publicJwk).not.toHaveProperty('d')
})

test('a JWT verifies only with the algorithm of its key', async () => {
  const maker = createKeyMaker([SECRET], 'test', SIGNING_ALGORITHMS)
  await maker.prepare('')
  const keys = maker.keys('')
  for (const key of keys) {
    const jwt = signJwt(key, 'at+jwt', { sub: '1' })
    expect(verifyJwt(keys, jwt, 'at+jwt')).toEqual({ sub: '1' })
    const [, claims, signature] = jwt.split('.')
    for (const alg of [...SIGNING_ALGORITHMS, 'none', 'HS256', 'PS256'].filter((each) => each !== key.publicJwk.alg)) {
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: key.publicJwk.kid })).toString('base64url')
      expect(verifyJwt(keys, `${header}.${claims}.${signature}`, 'at+jwt')).toBeNull()
    }
  }
})
