import { createHmac } from 'node:crypto'
import { deriveKeys, equalInConstantTime } from './signature.ts'

/** Hashes texts that only we can hash: who reads the result learns nothing of them, and can guess none. */
export interface KeyedHash {
  /** The hash of the parts, in base64url, by the newest secret. */
  hash(...parts: readonly string[]): string
  /** True when one of our secrets gives this hash for the parts. */
  matches(hash: string, ...parts: readonly string[]): boolean
}

/** 128 bits: nobody finds a second text for one of these. */
const HASH_BYTES = 16

/**
 * HMAC-SHA256, cut to 128 bits, with one key per secret and purpose.
 * @param secrets newest first.
 * @param purpose keeps hashes made for one use from being taken for another.
 */
export function createKeyedHash(secrets: readonly Uint8Array[], purpose: string): KeyedHash {
  const keys = deriveKeys(secrets, purpose)
  const [newest] = keys
  const hashWith = (key: Uint8Array, parts: readonly string[]): Buffer =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES)
  return {
    hash: (...parts) => hashWith(newest, parts).toString('base64url'),
    matches(hash, ...parts) {
      const given = Buffer.from(hash, 'base64url')
      return keys.some((key) => equalInConstantTime(given, hashWith(key, parts)))
    },
  }
}
