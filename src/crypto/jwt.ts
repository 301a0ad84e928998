/*
 * JSON Web Tokens that we sign and other services verify, with Ed25519 (RFC 8037) only. This file does not use `jose`:
 * `node:crypto` signs without libuv's thread pool, where password hashes wait. Tested by jwt.test.ts.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { deriveSeeds } from './derive-keys.ts'

/** A public key that verifies our JWTs (RFC 7517, RFC 8037 section 2). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** Signs claims for other services. */
export interface JwtSigner {
  /** Returns the claims as a JWT in compact form (RFC 7519). */
  sign(claims: Readonly<Record<string, unknown>>): string
  /** Keys that verify: the newest first, then the keys of older secrets. */
  readonly publicKeys: readonly PublicJwk[]
}

/** Bytes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Creates a signer. Its keys are derived from the secrets, so that all nodes have the same keys.
 * @param secrets newest first; the first one signs.
 * @param purpose separates keys: a JWT signed for one purpose does not verify for another.
 * @param salt separates generations of keys. It need not be secret.
 */
export function createJwtSigner(secrets: readonly Uint8Array[], purpose: string, salt: string = ''): JwtSigner {
  const [newest, ...older] = deriveSeeds(secrets, purpose, { salt })
  const signing = toPrivateKey(newest)
  const own = toPublicJwk(signing)
  const header = encode({ alg: own.alg, typ: 'JWT', kid: own.kid })
  return {
    sign(claims) {
      const signed = `${header}.${encode(claims)}`
      return `${signed}.${sign(null, Buffer.from(signed), signing).toString('base64url')}`
    },
    publicKeys: [own, ...older.map((seed) => toPublicJwk(toPrivateKey(seed)))],
  }
}

/** Returns the key of a seed of 32 bytes. */
export function toPrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}

/** Returns the public half of a key. */
export function toPublicKey(key: KeyObject): KeyObject {
  return createPublicKey(key)
}

/** Returns the public key. Its `kid` is its thumbprint (RFC 7638). */
export function toPublicJwk(key: KeyObject): PublicJwk {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint.digest('base64url'), alg: 'EdDSA', use: 'sig' }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
