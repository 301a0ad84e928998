import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { deriveKeys } from './derive-keys.ts'

/** Signs short texts that a client stores for us, and checks their signatures. */
export interface Signer {
  /** Returns the text with its signature: `<base64url of the text>.<base64url of HMAC-SHA256>`. */
  sign(text: string): string
  /** Returns the original text, or null if it was not signed with one of our secrets for this purpose. */
  open(signed: string): string | null
}

/**
 * Creates a signer: HMAC-SHA256 with one key per secret and purpose, derived by HKDF (RFC 5869).
 * @param secrets newest first; the first one signs, all of them open.
 * @param purpose separates keys: a text signed for one purpose does not open for another.
 */
export function createSigner(secrets: readonly Uint8Array[], purpose: string): Signer {
  const keys = deriveKeys(secrets, purpose)
  const [newest] = keys
  return {
    sign(text) {
      const payload = Buffer.from(text).toString('base64url')
      return `${payload}.${mac(newest, payload).toString('base64url')}`
    },
    open(signed) {
      const [payload = '', signature = '', ...rest] = signed.split('.')
      if (rest.length > 0) return null
      const given = Buffer.from(signature, 'base64url')
      const known = keys.some((key) => equalInConstantTime(given, mac(key, payload)))
      return known ? Buffer.from(payload, 'base64url').toString() : null
    },
  }
}

/** Compares in constant time, so that the time does not reveal the first difference (ASVS 11.2.4). Lengths are not secret. */
export function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}

function mac(key: KeyObject, payload: string): Buffer {
  return createHmac('sha256', key).update(payload).digest()
}
