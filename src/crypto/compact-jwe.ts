import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { deriveKeys } from './derive-keys.ts'

/** Encrypts texts as JWE in compact serialization (RFC 7516 section 7.1), and decrypts them. */
export interface JweSealer {
  seal(text: string): string
  /** Returns the text, or null if the JWE is altered, truncated, of another kind, or not sealed with one of our secrets. */
  open(jwe: string): string | null
}

/** `dir` and `A256GCM` (RFC 7518 sections 4.5 and 5.3). Only this header opens, so a client cannot choose another algorithm. */
const HEADER = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')
const HEADER_BYTES = Buffer.from(HEADER, 'ascii')
const START = `${HEADER}..`
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
/** 12 and 16 bytes in base64url. */
const IV_CHARACTERS = 16
const TAG_CHARACTERS = 22
const BASE64URL = /^[A-Za-z0-9_-]+$/

/** Returns true if the text has the header of our JWEs. Only `open` finds out whether we sealed it. */
export function isCompactJwe(text: string): boolean {
  return text.startsWith(START)
}

/**
 * Creates a sealer with one key per secret and purpose, derived by HKDF (RFC 5869). It is synchronous, so that it does not
 * wait in the thread pool behind password hashes.
 * @param secrets newest first; the first one seals, all of them open.
 * @param purpose separates keys: a text sealed for one purpose does not open for another.
 */
export function createJweSealer(secrets: readonly Uint8Array[], purpose: string): JweSealer {
  const keys = deriveKeys(secrets, purpose)
  const [newest] = keys
  return {
    seal(text) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, newest, iv, { authTagLength: TAG_BYTES }).setAAD(HEADER_BYTES)
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [iv, ciphertext, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'))
      return START + parts.join('.')
    },
    open(jwe) {
      const parts = isCompactJwe(jwe) ? splitParts(jwe.slice(START.length)) : null
      if (parts === null) return null
      for (const key of keys) {
        const text = openWith(key, parts)
        if (text !== null) return text
      }
      return null
    },
  }
}

interface Parts {
  readonly iv: Buffer
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

function splitParts(text: string): Parts | null {
  const parts = text.split('.')
  const [iv = '', ciphertext = '', tag = ''] = parts
  const isWellFormed =
    parts.length === 3 &&
    iv.length === IV_CHARACTERS &&
    tag.length === TAG_CHARACTERS &&
    parts.every((part) => BASE64URL.test(part))
  if (!isWellFormed) return null
  return {
    iv: Buffer.from(iv, 'base64url'),
    ciphertext: Buffer.from(ciphertext, 'base64url'),
    tag: Buffer.from(tag, 'base64url'),
  }
}

function openWith(key: KeyObject, { iv, ciphertext, tag }: Parts): string | null {
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(HEADER_BYTES)
  decipher.setAuthTag(tag)
  try {
    return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null // another key, or altered
  }
}
