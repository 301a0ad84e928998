/*
 * Password hashes of other systems, verified as they are at the first login of an imported user; PasswordHasher has them
 * made anew then. Supported: bcrypt, argon2, scrypt (PHC, better-auth, Firebase), PBKDF2 (PHC, passlib, Keycloak,
 * ASP.NET Identity), Django's forms, phpass and WordPress, SHA-crypt; one file each in foreign-hashes/.
 * Refused on purpose: hashes without salt or stretching (MD5, SHA-1), hashes cut short, and costs beyond bounds.
 * The password is the text as typed: only better-auth brings it into a normal form, the others hash what comes.
 * Proved by foreign-hash.test.ts with vectors of others' making.
 */
import { readArgon2 } from './foreign-hashes/argon2.ts'
import { readAspNetIdentity } from './foreign-hashes/aspnet.ts'
import { readBcrypt } from './foreign-hashes/bcrypt.ts'
import { readDjango } from './foreign-hashes/django.ts'
import type { ForeignHash, ForeignHashReader } from './foreign-hashes/foreign-scheme.ts'
import { readPbkdf2Phc } from './foreign-hashes/pbkdf2.ts'
import { readBetterAuth, readFirebase, readScryptPhc } from './foreign-hashes/scrypt.ts'
import { readShaCrypt } from './foreign-hashes/sha-crypt.ts'
import { readPhpass, readWordPress } from './foreign-hashes/wordpress.ts'

const READERS: readonly ForeignHashReader[] = [
  readBcrypt,
  readArgon2,
  readScryptPhc,
  readBetterAuth,
  readFirebase,
  readPbkdf2Phc,
  readAspNetIdentity,
  readDjango,
  readPhpass,
  readWordPress,
  readShaCrypt,
]
const MAX_LENGTH = 1_024

/**
 * Verifies a password against a hash of another system. An unknown, malformed or too expensive hash is false at once:
 * call it where a decoy is verified for those (see PasswordHasher), and inside the queue that bounds hashing.
 * Throws when the package that a scheme needs is not installed.
 * @param password the text as typed.
 */
export async function verifyForeignHash(password: string, hash: string): Promise<boolean> {
  return (await readForeignHash(hash)?.verify(password)) ?? false
}

/** Names the scheme of a hash we can verify, for people; null when it is unknown or its costs are beyond bounds. */
export function describeHash(hash: string): string | null {
  return readForeignHash(hash)?.scheme ?? null
}

function readForeignHash(hash: string): ForeignHash | null {
  if (hash.length > MAX_LENGTH) return null
  for (const read of READERS) {
    const found = read(hash)
    if (found !== null) return found
  }
  return null
}
