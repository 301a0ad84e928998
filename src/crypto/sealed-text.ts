import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { deriveKeys } from './derive-keys.ts'

/** Encrypts texts that are stored for a while and that only we may read, and decrypts them. */
export interface Sealer {
  /** Returns the encrypted and authenticated text: base64url of nonce, ciphertext and tag. */
  seal(text: string): string
  /** Returns the original text, or null if it was not sealed with one of our secrets for this purpose. */
  open(sealed: string): string | null
}

const CIPHER = 'aes-256-gcm'
/** Random nonces of 96 bits are safe for 2^32 texts per key (NIST SP 800-38D section 8.3). */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Creates a sealer: AES-256-GCM with one key per secret and purpose, derived by HKDF (RFC 5869).
 * @param secrets newest first; the first one seals, all of them open.
 * @param purpose separates keys: a text sealed for one purpose does not open for another.
 */
export function createSealer(secrets: readonly Uint8Array[], purpose: string): Sealer {
  const keys = deriveKeys(secrets, purpose)
  const [newest] = keys
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, newest, nonce, { authTagLength: TAG_BYTES })
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      )
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) return null
      for (const key of keys) {
        const text = openWith(key, bytes)
        if (text !== null) return text
      }
      return null
    },
  }
}

function openWith(key: KeyObject, bytes: Buffer): string | null {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null // another key, or altered
  }
}
