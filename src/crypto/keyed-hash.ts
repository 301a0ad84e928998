import { createHmac, type KeyObject } from 'node:crypto'
import { deriveKeys } from './derive-keys.ts'
import { equalInConstantTime } from './signature.ts'

/** Hashes texts with a secret key. A reader of a hash learns nothing about the text, and cannot test guesses. */
export interface KeyedHash {
  /** Returns the hash of the parts in base64url, with the key of the newest secret. */
  hash(...parts: readonly string[]): string
  /** Returns true if the hash of the parts is this one with the key of any of our secrets. */
  matches(hash: string, ...parts: readonly string[]): boolean
}

/** 128 bits: an attacker cannot find a second text with the same hash. */
const HASH_BYTES = 16

/**
 * Creates a keyed hash: HMAC-SHA256, cut to 128 bits, with one key per secret and purpose.
 * @param secrets newest first.
 * @param purpose separates keys: a hash made for one purpose does not match for another.
 */
export function createKeyedHash(secrets: readonly Uint8Array[], purpose: string): KeyedHash {
  const keys = deriveKeys(secrets, purpose)
  const [newest] = keys
  const hashWith = (key: KeyObject, parts: readonly string[]): Buffer =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES)
  return {
    hash: (...parts) => hashWith(newest, parts).toString('base64url'),
    matches(hash, ...parts) {
      const given = Buffer.from(hash, 'base64url')
      // Every key is tried, so that the time does not reveal which one matches.
      return keys.map((key) => equalInConstantTime(given, hashWith(key, parts))).includes(true)
    },
  }
}
