/*
 * Proofs of possession (RFC 9449): the client signs each request with a key, and the token names the key. Supported: ES256 and
 * EdDSA with Ed25519. Refused on purpose: other algorithms, private keys in the header, and extensions (`crit`, RFC 7515 section 4.1.11);
 * `jku` and `x5c` mean nothing here. `node:crypto` verifies without libuv's thread pool, where password hashes wait. Proved by test/http/oauth-dpop.test.ts.
 */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts'

/** The request that a proof is for. */
export interface RequestTarget {
  readonly method: string
  /** Its URL at the origins where the API can be, without query and fragment. */
  readonly urls: readonly string[]
}

/** A proof that was verified, except that it is sent for the first time. */
export interface DpopProof {
  /** Thumbprint of the key (RFC 7638). */
  readonly thumbprint: string
  /** Id of the proof: it is worth something once. */
  readonly id: string
}

/** How far the time of a proof may be from ours, in both directions. */
export const PROOF_WINDOW_MS: number = MINUTE_MS
const MAX_PROOF_LENGTH = 4_096
const MAX_ID_LENGTH = 256

/** Returns the proof if it is valid for this request and this token, or null (RFC 9449 section 4.3). */
export function readDpopProof(
  text: string,
  { method, urls }: RequestTarget,
  { token, now }: { readonly token: string; readonly now: number },
): DpopProof | null {
  const [head = '', body = '', signature = '', ...rest] = text.split('.')
  if (text.length > MAX_PROOF_LENGTH || rest.length > 0) return null
  const key = readKey(parse(head))
  const data = Buffer.from(`${head}.${body}`)
  if (key === null || !isSigned(key, data, Buffer.from(signature, 'base64url'))) return null
  const { htm, htu, iat, jti, ath } = parse(body)
  const isNow = typeof iat === 'number' && Math.abs(now - iat * SECOND_MS) <= PROOF_WINDOW_MS
  const isHere = htm === method && typeof htu === 'string' && urls.includes(withoutQuery(htu))
  const isForToken = ath === hash('sha256', token, 'base64url')
  const hasId = typeof jti === 'string' && jti !== '' && jti.length <= MAX_ID_LENGTH
  return isNow && isHere && isForToken && hasId ? { thumbprint: key.thumbprint, id: jti } : null
}

/** Returns a URL in the form of `RequestTarget`; empty if it is malformed. */
export function withoutQuery(text: string): string {
  const url = URL.parse(text)
  return url === null ? '' : `${url.origin}${url.pathname}`
}

interface ProofKey {
  readonly key: KeyObject
  readonly isEcdsa: boolean
  readonly thumbprint: string
}

function readKey({ typ, alg, jwk, crit }: Members): ProofKey | null {
  if (typ !== 'dpop+jwt' || crit !== undefined || typeof jwk !== 'object' || jwk === null) return null
  const { kty, crv, x, y, d } = jwk as Members
  if (typeof x !== 'string' || d !== undefined) return null
  const isEcdsa = alg === 'ES256' && kty === 'EC' && crv === 'P-256' && typeof y === 'string'
  const isEddsa = (alg === 'EdDSA' || alg === 'Ed25519') && kty === 'OKP' && crv === 'Ed25519'
  if (!isEcdsa && !isEddsa) return null
  // In this order (RFC 7638 section 3.3); the checks above know the values.
  const required = isEcdsa ? { crv: 'P-256', kty: 'EC', x, y: String(y) } : { crv: 'Ed25519', kty: 'OKP', x }
  try {
    const key = createPublicKey({ key: required, format: 'jwk' })
    return { key, isEcdsa, thumbprint: hash('sha256', JSON.stringify(required), 'base64url') }
  } catch {
    return null // not a point of the curve
  }
}

function isSigned({ key, isEcdsa }: ProofKey, data: Buffer, signature: Buffer): boolean {
  return isEcdsa
    ? verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, data, key, signature)
}

type Members = Readonly<Record<string, unknown>>

function parse(part: string): Members {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Members) : {}
  } catch {
    return {}
  }
}
