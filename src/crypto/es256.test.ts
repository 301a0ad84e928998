import { createPublicKey, randomBytes, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveEs256Keys } from './es256.ts'

const SECRETS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]

test('each secret gives one key, the same on every node', () => {
  const keys = deriveEs256Keys(SECRETS, 'oauth')
  const again = deriveEs256Keys(SECRETS.toReversed(), 'oauth')
  expect(keys.map(({ publicJwk }) => publicJwk)).toEqual(again.map(({ publicJwk }) => publicJwk).toReversed())
  expect(new Set(keys.map(({ publicJwk }) => publicJwk.kid)).size).toBe(2)
  expect(keys[0]?.publicJwk).not.toHaveProperty('d')
})

test('keys of one purpose do not verify for another', () => {
  const [oauth] = deriveEs256Keys(SECRETS, 'oauth')
  const [other] = deriveEs256Keys(SECRETS, 'other')
  expect(oauth?.publicJwk.x).not.toBe(other?.publicJwk.x)
})

test('a key verifies what it signed, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
      const [key] = deriveEs256Keys([randomBytes(32)], 'oauth')
      if (key === undefined) throw new Error('there is a key')
      const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
      const check = (text: Uint8Array) =>
        verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, key.sign(data))
      expect([check(data), check(Buffer.concat([data, Buffer.from('x')]))]).toEqual([true, false])
    }),
    { numRuns: 20 },
  )
})
