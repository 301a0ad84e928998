/*
 * Password hashes of other systems. They are verified at the first login of an imported user; then `PasswordHasher` asks for
 * a rehash. Supported: bcrypt, argon2, scrypt (PHC, better-auth, Firebase), PBKDF2 (PHC, passlib, Keycloak, ASP.NET
 * Identity), Django's forms, phpass and WordPress, SHA-crypt; each has one file in foreign-hashes/. braced.ts reads the
 * names that Spring, Dovecot and LDAP put before a hash.
 * Refused on purpose: hashes without salt or stretching (MD5, SHA-1), truncated hashes, and costs above the limits.
 * The password is the text as typed: only better-auth normalizes it, the other systems hash it unchanged.
 * Tested by foreign-hash.test.ts with test vectors that other software made.
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
 * Verifies a password against a hash of another system. For an unknown, malformed or too expensive hash it returns false at
 * once, so the caller must verify a decoy instead (see `PasswordHasher`). Call it inside the queue that limits hashing.
 * @param password the text as typed.
 * @throws Error if the package that the scheme needs is not installed.
 */
export async function verifyForeignHash(password: string, hash: string): Promise<boolean> {
  return (await readForeignHash(hash)?.verify(password)) ?? false
}

/** Returns the name of a hash's scheme, for people. Returns null if it is unknown or its costs are above the limits. */
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
