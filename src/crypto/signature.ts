import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Signs short texts that a client carries for us, and opens them again. */
export interface Signer {
  /** The text with its signature: `<base64url of the text>.<base64url of HMAC-SHA256>`. */
  sign(text: string): string
  /** The text that was signed, or null when no secret of ours signed it for this purpose. */
  open(signed: string): string | null
}

/**
 * HMAC-SHA256 with one key per secret and purpose, derived by HKDF (RFC 5869).
 * @param secrets newest first; the first signs, all open.
 * @param purpose keeps a text signed for one use from being taken for another.
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

/** One key per secret for a purpose, by HKDF-SHA256 (RFC 5869), newest first. */
export function deriveKeys(secrets: readonly Uint8Array[], purpose: string): readonly [Buffer, ...Buffer[]] {
  const [newest, ...older] = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, 32)),
  )
  if (newest === undefined) throw new TypeError('There must be at least one secret')
  return [newest, ...older]
}

/** Compares without telling by time where the difference is (ASVS 11.2.4); lengths are no secret. */
export function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}

function mac(key: Uint8Array, payload: string): Buffer {
  return createHmac('sha256', key).update(payload).digest()
}
