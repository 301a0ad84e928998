import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createJwtSigner, type PublicJwk } from './jwt.ts'

const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)

function isSignedBy(token: string, jwk: PublicJwk | undefined): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
}

describe('JSON Web Tokens', () => {
  test('verify with the public key that their header names (ASVS 9.1.1, 11.4.3, 11.6.1)', () => {
    const signer = createJwtSigner([NEW], 'test')
    const token = signer.sign({ sub: 'ada', name: 'größe' })
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    const [own] = signer.publicKeys
    expect(JSON.parse(header ?? '')).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: own?.kid })
    expect(JSON.parse(payload ?? '')).toEqual({ sub: 'ada', name: 'größe' })
    expect(isSignedBy(token, own)).toBe(true)
    expect(isSignedBy(token.replace('.', '.x'), own)).toBe(false)
  })

  test('have the same keys on all nodes; older secrets still verify, and other purposes do not (ASVS 9.1.3)', () => {
    const before = createJwtSigner([OLD], 'test')
    const after = createJwtSigner([NEW, OLD], 'test')
    expect(createJwtSigner([OLD], 'test').publicKeys).toEqual(before.publicKeys)
    expect(after.publicKeys[1]).toEqual(before.publicKeys[0])
    expect(isSignedBy(before.sign({}), after.publicKeys[1])).toBe(true)
    expect(isSignedBy(after.sign({}), after.publicKeys[1])).toBe(false)
    expect(isSignedBy(after.sign({}), createJwtSigner([NEW], 'other').publicKeys[0])).toBe(false)
  })

  test('have public keys that contain no secret and no seed', () => {
    const { publicKeys } = createJwtSigner([NEW], 'test')
    expect(Object.keys(publicKeys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  })
})
