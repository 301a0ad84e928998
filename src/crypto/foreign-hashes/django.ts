/*
 * Django (django/contrib/auth/hashers.py): `<algorithm>$…`, with its own form for PBKDF2 and scrypt, and with a prefix
 * before the usual forms of argon2 and bcrypt. Salts are text. Plain and unsalted digests (md5, sha1) are refused: an
 * attacker guesses them quickly, so these users must reset their passwords.
 */
import { createHash } from 'node:crypto'
import { readArgon2 } from './argon2.ts'
import { decodeBase64 } from './base64.ts'
import { isBcrypt, verifyBcrypt } from './bcrypt.ts'
import type { ForeignHash } from './foreign-scheme.ts'
import { type Pbkdf2Digest, pbkdf2Hash } from './pbkdf2.ts'
import { scryptHash } from './scrypt.ts'

const PBKDF2 = /^pbkdf2_(sha1|sha256)\$(\d{1,8})\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/
const SCRYPT = /^scrypt\$(\d{1,8})\$([^$]+)\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/]+={0,2})$/
const ARGON2_PREFIX = 'argon2$'
const BCRYPT_PREFIX = 'bcrypt$'
const BCRYPT_SHA256_PREFIX = 'bcrypt_sha256$'

/** Reads `pbkdf2_sha256$…` (and sha1), `scrypt$…`, `argon2$argon2id$…`, `bcrypt_sha256$$2b$…` and `bcrypt$$2b$…`. */
export function readDjango(hash: string): ForeignHash | null {
  if (hash.startsWith(ARGON2_PREFIX)) return readDjangoArgon2(hash)
  if (hash.startsWith(BCRYPT_PREFIX) || hash.startsWith(BCRYPT_SHA256_PREFIX)) return readDjangoBcrypt(hash)
  return readDjangoPbkdf2(hash) ?? readDjangoScrypt(hash)
}

function readDjangoPbkdf2(hash: string): ForeignHash | null {
  const [, digest = '', iterations = '', salt = '', key = ''] = PBKDF2.exec(hash) ?? []
  if (digest === '') return null
  return pbkdf2Hash(' (Django)', {
    digest: digest as Pbkdf2Digest, // the regular expression accepts only these
    iterations: Number(iterations),
    salt: Buffer.from(salt),
    key: decodeBase64(key),
  })
}

function readDjangoScrypt(hash: string): ForeignHash | null {
  const [, n = '', salt = '', r = '', p = '', key = ''] = SCRYPT.exec(hash) ?? []
  if (n === '') return null
  const costs = { N: Number(n), r: Number(r), p: Number(p) }
  return scryptHash('scrypt (Django)', { costs, salt: Buffer.from(salt), key: decodeBase64(key) })
}

function readDjangoArgon2(hash: string): ForeignHash | null {
  const read = readArgon2(hash.slice(ARGON2_PREFIX.length - 1))
  return read && { ...read, scheme: `${read.scheme} (Django)` }
}

/** Reads bcrypt hashes. With `bcrypt_sha256`, Django hashes the password with SHA-256 first, so that bcrypt cuts nothing. */
function readDjangoBcrypt(hash: string): ForeignHash | null {
  const isHashedFirst = hash.startsWith(BCRYPT_SHA256_PREFIX)
  const bcrypt = hash.slice((isHashedFirst ? BCRYPT_SHA256_PREFIX : BCRYPT_PREFIX).length)
  if (!isBcrypt(bcrypt)) return null
  if (!isHashedFirst) return { scheme: 'bcrypt (Django)', verify: (password) => verifyBcrypt(password, bcrypt) }
  return {
    scheme: 'bcrypt-sha256 (Django)',
    verify: (password) => verifyBcrypt(createHash('sha256').update(password).digest('hex'), bcrypt),
  }
}
