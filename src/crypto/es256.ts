/*
 * Keys for ES256 (RFC 7518 section 3.4), derived from the secrets, so that all nodes have the same keys and no key is stored.
 * `node:crypto` signs without libuv's thread pool, where password hashes wait. Tested by es256.test.ts.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto'

/** A public key that verifies our signatures (RFC 7517, RFC 7518 section 6.2). */
export interface Es256PublicJwk extends Readonly<Record<string, string>> {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** A pair of keys. */
export interface Es256Key {
  readonly publicJwk: Es256PublicJwk
  readonly publicKey: KeyObject
  /** Returns the signature of the data, in the form of JWS. */
  sign(data: Uint8Array): Buffer
}

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
): readonly Es256Key[] {
  return secrets.map((secret) =>
    toKey(Buffer.from(hkdfSync('sha256', secret, salt, `latchkey ${purpose}`, SEED_BYTES))),
  )
}

function toKey(seed: Buffer): Es256Key {
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
  return {
    publicJwk: { ...jwk, kid, alg: 'ES256', use: 'sig' },
    publicKey: createPublicKey(privateKey),
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}
