/*
 * Keys for ES256 (RFC 7518 section 3.4), derived from the secrets, so that all nodes have the same keys and no key is stored. Tested by
 * es256.test.ts.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { deriveSeeds } from './derive-keys.ts'
import type { SigningKey } from './signing-key.ts'

/** Order of the group of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
/** 16 bytes more than the order, so that each key is as likely as any other (FIPS 186-5 appendix A.2.1). */
const SEED_BYTES = 48
const KEY_BYTES = 32

/**
 * Derives one key per secret.
 * @param secrets newest first; the first key signs.
 * @param purpose separates keys: what one purpose signs does not verify for another.
 * @param salt separates generations of keys. It need not be secret.
 */
export function deriveEs256Keys(
  secrets: readonly Uint8Array[],
  purpose: string,
  salt: string = '',
): readonly SigningKey[] {
  return deriveSeeds(secrets, purpose, { salt, length: SEED_BYTES }).map(toKey)
}

function toKey(seed: Buffer): SigningKey {
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (ORDER - 1n)) + 1n
  const d = Buffer.from(scalar.toString(16).padStart(KEY_BYTES * 2, '0'), 'hex')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey()
  const x = point.subarray(1, 1 + KEY_BYTES).toString('base64url')
  const y = point.subarray(1 + KEY_BYTES).toString('base64url')
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const
  const privateKey = createPrivateKey({ key: { ...jwk, d: d.toString('base64url') }, format: 'jwk' })
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x, y }))
    .digest('base64url')
  const publicKey = createPublicKey(privateKey)
  return {
    publicJwk: { ...jwk, kid, alg: 'ES256', use: 'sig' },
    publicKey,
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    isSignature: (data, signature) => verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  }
}
