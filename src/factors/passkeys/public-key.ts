/*
 * Which public keys are accepted. Nothing proves at the registration that the key works, and a key of unusual size would make every
 * later verification slow, so the key is checked member by member (RFC 9053) and imported once.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { ALGORITHMS } from './relying-party.ts'

/** Labels of COSE_Key (RFC 9052 section 7.1). */
const KTY = 1
const ALG = 3
const [CRV_OR_N, X_OR_E, Y] = [-1, -2, -3] as const
const [OKP, EC2, RSA] = [1, 2, 3] as const
const [P256, ED25519] = [1, 6] as const
const CURVE_BYTES = 32
/** 2,048 to 4,096 bits. */
const [MIN_RSA_BYTES, MAX_RSA_BYTES] = [256, 512] as const
const MAX_EXPONENT_BYTES = 4

/**
 * Refuses keys of other algorithms, curves or sizes, and keys that are not valid, such as a point that is not on the curve.
 * @param key the decoded COSE_Key.
 * @throws Error with the problem.
 */
export function requireAcceptedKey(key: ReadonlyMap<unknown, unknown>): void {
  const algorithm = key.get(ALG)
  if (typeof algorithm !== 'number' || !ALGORITHMS.includes(algorithm)) throw new Error('algorithm not accepted')
  createPublicKey({ key: toJwk(key), format: 'jwk' })
}

function toJwk(key: ReadonlyMap<unknown, unknown>): JsonWebKey {
  const kind = `${key.get(KTY)} ${key.get(ALG)}`
  if (kind === `${OKP} -8`) {
    requireMember(key, CRV_OR_N, ED25519)
    return { kty: 'OKP', crv: 'Ed25519', x: bytesOf(key, X_OR_E, CURVE_BYTES) }
  }
  if (kind === `${EC2} -7`) {
    requireMember(key, CRV_OR_N, P256)
    return { kty: 'EC', crv: 'P-256', x: bytesOf(key, X_OR_E, CURVE_BYTES), y: bytesOf(key, Y, CURVE_BYTES) }
  }
  if (kind === `${RSA} -257`) {
    const n = bytesOf(key, CRV_OR_N, MIN_RSA_BYTES, MAX_RSA_BYTES)
    return { kty: 'RSA', n, e: bytesOf(key, X_OR_E, 1, MAX_EXPONENT_BYTES) }
  }
  throw new Error('key type and algorithm do not match')
}

function requireMember(key: ReadonlyMap<unknown, unknown>, label: number, value: number): void {
  if (key.get(label) !== value) throw new Error('curve not accepted')
}

function bytesOf(key: ReadonlyMap<unknown, unknown>, label: number, min: number, max = min): string {
  const value = key.get(label)
  const isRight = value instanceof Uint8Array && value.length >= min && value.length <= max
  if (!isRight) throw new Error('key of an unusual size')
  return Buffer.from(value).toString('base64url')
}
