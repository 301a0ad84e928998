/* PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-1, -256 and -512, as PHC strings and in the form of passlib. */
import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { equalInConstantTime } from '../signature.ts'
import { decodeBase64 } from './base64.ts'
import { type ForeignHash, isHashLength } from './foreign-scheme.ts'

/** A digest of the HMAC. */
export type Pbkdf2Digest = 'sha1' | 'sha256' | 'sha512'

/** The parts of a PBKDF2 hash. A salt or key is null if it is malformed. */
export interface Pbkdf2Parts {
  readonly digest: Pbkdf2Digest
  readonly iterations: number
  readonly salt: Buffer | null
  readonly key: Buffer | null
}

const deriveKey = promisify(pbkdf2)

/**
 * Takes one second (SHA-1, SHA-256) to four seconds (SHA-512) of one core. Django 6 uses 1.2 million, Keycloak with SHA-1
 * 1.3 million.
 */
const MAX_HMACS = 6_000_000
const DIGEST_BYTES: Record<Pbkdf2Digest, number> = { sha1: 20, sha256: 32, sha512: 64 }
const DIGEST_NAMES: Record<Pbkdf2Digest, string> = {
  sha1: 'PBKDF2-SHA1',
  sha256: 'PBKDF2-SHA256',
  sha512: 'PBKDF2-SHA512',
}
const PHC = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,8})\$([A-Za-z0-9+/.]*)\$([A-Za-z0-9+/.]+)$/

/**
 * Reads `$pbkdf2-sha512$i=210000$<salt>$<hash>`, which `fromKeycloak` also writes, and passlib's
 * `$pbkdf2-sha256$29000$<salt>$<hash>`. A name without a digest means SHA-1, as in passlib.
 */
export function readPbkdf2Phc(hash: string): ForeignHash | null {
  const [, digest = 'sha1', iterations = '', salt = '', key = ''] = PHC.exec(hash) ?? []
  if (iterations === '') return null
  return pbkdf2Hash('', {
    digest: digest as Pbkdf2Digest, // the regular expression accepts only these
    iterations: Number(iterations),
    salt: decodeBase64(salt),
    key: decodeBase64(key),
  })
}

/**
 * Returns a hash that consists of a key derived by PBKDF2, or null if a part is malformed or it costs too much.
 * @param maker suffix for the name of the scheme: ` (Django)`.
 */
export function pbkdf2Hash(maker: string, { digest, iterations, salt, key }: Pbkdf2Parts): ForeignHash | null {
  if (salt === null || key === null || iterations < 1 || !isHashLength(key.byteLength)) return null
  const blocks = Math.ceil(key.byteLength / DIGEST_BYTES[digest])
  if (iterations * blocks > MAX_HMACS) return null
  return {
    scheme: `${DIGEST_NAMES[digest]}${maker}`,
    verify: async (password) =>
      equalInConstantTime(await deriveKey(password, salt, iterations, key.byteLength, digest), key),
  }
}
