import { createHmac, type KeyObject, randomBytes } from 'node:crypto'
import { deriveKeys } from '../../crypto/derive-keys.ts'
import type { UserId } from '../../kernel/ids.ts'

/** Number of codes that a user gets. */
const COUNT = 10
/** 64 bits. */
const CODE_BYTES = 8

/** Returns the hashes of a code, with the key of each secret of the service; the newest first. */
export type RecoveryCodeHash = (userId: UserId, code: string) => readonly [newest: string, ...older: string[]]

/**
 * Creates the hash of recovery codes: HMAC-SHA256 with a key of the service. A code has 64 bits, too few for a plain hash:
 * without the key, a copy of the database is not enough to test guesses.
 */
export function createRecoveryCodeHash(secrets: readonly Uint8Array[]): RecoveryCodeHash {
  const [newest, ...older] = deriveKeys(secrets, 'recovery codes')
  return (userId, code) => {
    const text = `${userId} ${normalize(code)}`
    const hashWith = (key: KeyObject): string => createHmac('sha256', key).update(text).digest('base64url')
    return [hashWith(newest), ...older.map(hashWith)]
  }
}

/** Creates recovery codes: `a1b2-c3d4-e5f6-0718`. */
export function newRecoveryCodes(
  hash: RecoveryCodeHash,
  userId: UserId,
): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: COUNT }, () =>
    randomBytes(CODE_BYTES)
      .toString('hex')
      .replaceAll(/(.{4})(?=.)/g, '$1-'),
  )
  return { codes, hashes: codes.map((code) => hash(userId, code)[0]) }
}

/** People type codes with or without dashes and spaces, and in capitals. */
function normalize(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toLowerCase()
}
