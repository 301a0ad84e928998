/*
 * JSON Web Tokens that we sign and others verify: Ed25519 (RFC 8037), and nothing else. No `jose` here, since `node:crypto`
 * signs without libuv's thread pool, where password hashes wait. Proved by jwt.test.ts.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { deriveKeys } from './signature.ts'

/** A public key for verifying (RFC 7517, RFC 8037 section 2). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** Signs claims for others. */
export interface JwtSigner {
  /** The claims as a JWT in compact form (RFC 7519). */
  sign(claims: Readonly<Record<string, unknown>>): string
  /** What verifies: the newest first, then those of older secrets. */
  readonly publicKeys: readonly PublicJwk[]
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Makes a signer whose keys are derived from the secrets, so that all nodes have the same.
 * @param secrets newest first; the first signs.
 * @param purpose keeps the keys of one use from being those of another.
 */
export function createJwtSigner(secrets: readonly Uint8Array[], purpose: string): JwtSigner {
  const [newest, ...older] = deriveKeys(secrets, purpose)
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

function toPrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}

/** The key's name is its thumbprint (RFC 7638). */
function toPublicJwk(key: KeyObject): PublicJwk {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint.digest('base64url'), alg: 'EdDSA', use: 'sig' }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
