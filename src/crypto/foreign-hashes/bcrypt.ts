/*
 * bcrypt: PHP's password_hash (Laravel, Symfony, $2y$), Devise ($2a$), Auth0 and most of Node ($2b$), Supabase ($2a$).
 * The three versions differ in bugs of old implementations only and are verified alike; $2x$, which is one of the
 * bugs, is refused. As in all of them only the first 72 bytes of a password count.
 * A pepper (Devise's `pepper`) is not in the hash: with one, nothing matches.
 */
import { createHash } from 'node:crypto'
import { createOptionalImport } from '../../kernel/optional-import.ts'
import { type ForeignHash, matchesAny } from './foreign-scheme.ts'

/** 2^14 rounds are one to two seconds of a core; PHP and Devise have 2^10 to 2^12. */
const MAX_COST = 14
const MIN_COST = 4
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
const MAX_BCRYPT_BYTES = 72

const loadBcrypt = createOptionalImport(() => import('@node-rs/bcrypt'), '@node-rs/bcrypt', 'Verifying bcrypt hashes')

/** Reads `$2y$12$<salt><hash>`, also as 2a and 2b, with a cost of 4 to 14. */
export function readBcrypt(hash: string): ForeignHash | null {
  if (!isBcrypt(hash)) return null
  return {
    scheme: 'bcrypt',
    verify: (password) => matchesAny(readingsOf(password, hash), (reading) => verifyBcrypt(reading, hash)),
  }
}

/** True for a bcrypt hash whose cost is within bounds. */
export function isBcrypt(hash: string): boolean {
  const [, cost = ''] = BCRYPT.exec(hash) ?? []
  return cost !== '' && Number(cost) >= MIN_COST && Number(cost) <= MAX_COST
}

/** Verifies a text that is what bcrypt got, off the event loop. Throws when the package is not installed. */
export async function verifyBcrypt(text: string, hash: string): Promise<boolean> {
  const { verify } = await loadBcrypt()
  return verify(text, hash)
}

/** Symfony hashes what bcrypt would cut or end at a NUL with SHA-512 first (NativePasswordHasher); Laravel lets it be cut. */
function readingsOf(password: string, hash: string): string[] {
  const isCut = Buffer.byteLength(password) > MAX_BCRYPT_BYTES || password.includes('\0')
  if (!isCut || !hash.startsWith('$2y$')) return [password]
  return [password, createHash('sha512').update(password).digest('base64')]
}
