import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { type CborValue, encodeCbor } from './encode-cbor.ts'

/** Algorithms of passkeys (COSE): EdDSA, ES256, RS256. */
export type PasskeyAlgorithm = -8 | -7 | -257

/** A key pair of an authenticator. */
export interface AuthenticatorKey {
  /** The public key as COSE_Key. */
  readonly cose: Buffer
  sign(data: Uint8Array): Buffer
}

/** Creates a key pair. */
export function newAuthenticatorKey(algorithm: PasskeyAlgorithm): AuthenticatorKey {
  const { publicKey, privateKey } = newPair(algorithm)
  const hash = algorithm === -8 ? null : 'sha256'
  return {
    cose: encodeCbor(toCose(algorithm, publicKey.export({ format: 'jwk' }))),
    sign: (data) => sign(hash, data, privateKey),
  }
}

function newPair(algorithm: PasskeyAlgorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (algorithm === -8) return generateKeyPairSync('ed25519')
  if (algorithm === -7) return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('rsa', { modulusLength: 2_048 })
}

function toCose(algorithm: PasskeyAlgorithm, { x, y, n, e }: JsonWebKey): ReadonlyMap<number, CborValue> {
  const bytes = (text = ''): Uint8Array => Buffer.from(text, 'base64url')
  const key: readonly (readonly [number, CborValue])[] = {
    [-8]: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(x)],
    ] as const,
    [-7]: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ] as const,
    [-257]: [
      [1, 3],
      [3, -257],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ] as const,
  }[algorithm]
  return new Map(key)
}
