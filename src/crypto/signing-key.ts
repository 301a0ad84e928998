import type { KeyObject } from 'node:crypto'

/** Algorithms of JWTs that other services verify: RFC 7518 sections 3.3 and 3.4, RFC 8037 section 3.1. */
export const SIGNING_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const

/** One of `SIGNING_ALGORITHMS`. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A public key that verifies our signatures (RFC 7517). */
export interface SigningJwk extends Readonly<Record<string, string>> {
  readonly kty: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** A pair of keys. `node:crypto` signs and verifies without libuv's thread pool, where password hashes wait. */
export interface SigningKey {
  readonly publicJwk: SigningJwk
  readonly publicKey: KeyObject
  /** Returns the signature of the data, in the form of JWS. */
  sign(data: Uint8Array): Buffer
  /** Returns true if the key signed the data. */
  isSignature(data: Uint8Array, signature: Uint8Array): boolean
}
