/*
 * bcrypt: PHP's password_hash (Laravel, Symfony, $2y$), Devise ($2a$), Auth0 and most of Node ($2b$), Supabase ($2a$).
 * The three versions differ only in bugs of old implementations, so all are verified the same way. $2x$ marks hashes of a
 * buggy implementation and is refused. As in all implementations, only the first 72 bytes of a password count.
 * The hash does not contain a pepper (Devise's `pepper`): if the old system used one, no password matches.
 */
import { createHash } from 'node:crypto'
import { createOptionalImport } from '../../kernel/optional-import.ts'
import { type ForeignHash, matchesAny } from './foreign-scheme.ts'

/** 2^14 rounds take one to two seconds of one core. PHP and Devise use 2^10 to 2^12. */
const MAX_COST = 14
const MIN_COST = 4
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
const MAX_BCRYPT_BYTES = 72

const loadBcrypt = createOptionalImport(() => import('@node-rs/bcrypt'), {
  name: '@node-rs/bcrypt',
  since: '1.0.0',
  purpose: 'Verifying bcrypt hashes',
})

/** Reads `$2y$12$<salt><hash>`, also as 2a and 2b, with a cost of 4 to 14. */
export function readBcrypt(hash: string): ForeignHash | null {
  if (!isBcrypt(hash)) return null
  return {
    scheme: 'bcrypt',
    verify: (password) => matchesAny(readingsOf(password, hash), (reading) => verifyBcrypt(reading, hash)),
  }
}

/** Returns true for a bcrypt hash whose cost is within the limits. */
export function isBcrypt(hash: string): boolean {
  const [, cost = ''] = BCRYPT.exec(hash) ?? []
  return cost !== '' && Number(cost) >= MIN_COST && Number(cost) <= MAX_COST
}

/** Verifies the exact text that bcrypt hashed, off the event loop. Throws an error if the package is not installed. */
export async function verifyBcrypt(text: string, hash: string): Promise<boolean> {
  const { verify } = await loadBcrypt()
  return verify(text, hash)
}

/**
 * Returns the texts that the old system may have hashed. bcrypt cuts a password after 72 bytes or at a NUL. Symfony hashes
 * such a password with SHA-512 first (NativePasswordHasher); Laravel does not.
 */
function readingsOf(password: string, hash: string): string[] {
  const isCut = Buffer.byteLength(password) > MAX_BCRYPT_BYTES || password.includes('\0')
  if (!isCut || !hash.startsWith('$2y$')) return [password]
  return [password, createHash('sha512').update(password).digest('base64')]
}
