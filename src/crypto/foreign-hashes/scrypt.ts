/*
 * scrypt (RFC 7914) as a PHC string and in the form of better-auth, and the modified scrypt of Firebase.
 * Tested by src/crypto/foreign-hash.test.ts.
 */
import { type BinaryLike, createCipheriv, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { equalInConstantTime } from '../signature.ts'
import { decodeBase64 } from './base64.ts'
import { type ForeignHash, isHashLength, MAX_MEMORY_BYTES } from './foreign-scheme.ts'

/** Costs of scrypt by their names in RFC 7914 section 2. */
export interface ScryptCosts {
  readonly N: number
  readonly r: number
  readonly p: number
}

const deriveKey = promisify<BinaryLike, BinaryLike, number, ScryptCosts & { maxmem: number }, Buffer>(scrypt)

/** Limit of N * r * p. One unit mixes 128 bytes twice; 2^22 units take two to three seconds of one core. */
const MAX_WORK = 2 ** 22
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/
const BETTER_AUTH = /^([0-9a-f]{32}):([0-9a-f]{128})$/
const BETTER_AUTH_COSTS: ScryptCosts = { N: 16_384, r: 16, p: 1 }
const FIREBASE = /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,3}),p=1(?:,ss=([^,$]*))?,sk=([^,$]+)\$([^$]+)\$([^$]+)$/
const AES_KEY_BYTES = 32

/** Reads `$scrypt$ln=16,r=8,p=1$<salt>$<hash>` (ln is the logarithm of N), the form of passlib and others. */
export function readScryptPhc(hash: string): ForeignHash | null {
  const [, ln = '', r = '', p = '', salt = '', key = ''] = PHC.exec(hash) ?? []
  if (ln === '') return null
  const costs = { N: 2 ** Number(ln), r: Number(r), p: Number(p) }
  return scryptHash('scrypt', { costs, salt: decodeBase64(salt), key: decodeBase64(key) })
}

/** Reads better-auth's `<salt in hex>:<64 bytes in hex>`. The hex text itself is the salt; the password is in NFKC. */
export function readBetterAuth(hash: string): ForeignHash | null {
  const [, salt = '', key = ''] = BETTER_AUTH.exec(hash) ?? []
  if (salt === '') return null
  const read = scryptHash('scrypt (better-auth)', {
    costs: BETTER_AUTH_COSTS,
    salt: Buffer.from(salt),
    key: Buffer.from(key, 'hex'),
  })
  return read && { scheme: read.scheme, verify: (password) => read.verify(password.normalize('NFKC')) }
}

/**
 * Reads Firebase hashes in the form of Supabase:
 * `$fbscrypt$v=1,n=<mem cost>,r=<rounds>,p=1,ss=<salt separator>,sk=<signer key>$<salt>$<hash>`.
 * scrypt derives an AES-256 key from password, salt and separator. The hash is the project's signer key, encrypted with that
 * key (CTR, IV of zeros); see the README of firebase/scrypt.
 */
export function readFirebase(hash: string): ForeignHash | null {
  const [, n = '', r = '', separator = '', signer = '', salt = '', stored = ''] = FIREBASE.exec(hash) ?? []
  const costs = { N: 2 ** Number(n), r: Number(r), p: 1 }
  const [saltBytes, separatorBytes, signerKey, expected] = [salt, separator, signer, stored].map(decodeBase64)
  if (n === '' || !isWithinBounds(costs) || !saltBytes || !separatorBytes || !signerKey || !expected) return null
  if (!isHashLength(expected.byteLength)) return null
  const fullSalt = Buffer.concat([saltBytes, separatorBytes])
  return {
    scheme: 'scrypt (Firebase)',
    async verify(password) {
      const key = await deriveScryptKey(password, fullSalt, { ...costs, keyBytes: AES_KEY_BYTES })
      const encrypted = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signerKey)
      return equalInConstantTime(encrypted, expected)
    },
  }
}

/** Returns a hash that consists of a key derived by scrypt, or null if a part is malformed or it costs too much. */
export function scryptHash(
  scheme: string,
  { costs, salt, key }: { readonly costs: ScryptCosts; readonly salt: Buffer | null; readonly key: Buffer | null },
): ForeignHash | null {
  if (salt === null || key === null || !isHashLength(key.byteLength) || !isWithinBounds(costs)) return null
  const keyBytes = key.byteLength
  return {
    scheme,
    verify: async (password) => equalInConstantTime(await deriveScryptKey(password, salt, { ...costs, keyBytes }), key),
  }
}

function isWithinBounds({ N, r, p }: ScryptCosts): boolean {
  const isPowerOfTwo = N >= 2 && Number.isInteger(Math.log2(N))
  return isPowerOfTwo && r >= 1 && p >= 1 && 128 * N * r <= MAX_MEMORY_BYTES && N * r * p <= MAX_WORK
}

function deriveScryptKey(
  password: string,
  salt: Buffer,
  { N, r, p, keyBytes }: ScryptCosts & { readonly keyBytes: number },
): Promise<Buffer> {
  return deriveKey(password, salt, keyBytes, { N, r, p, maxmem: 2 * MAX_MEMORY_BYTES })
}
