/** A stored hash of another system whose costs are within the limits. */
export interface ForeignHash {
  /** Name of the scheme, for people: `bcrypt`, `PBKDF2-SHA256 (Django)`. */
  readonly scheme: string
  /** Returns true if the password, exactly as typed, matches the hash. */
  verify(password: string): Promise<boolean>
}

/**
 * Reads a stored hash of one family. Returns null if the hash is malformed or of another family, or if one verification
 * costs more than the limits of the family: a wrong or hostile line of an import must not be able to stop the server.
 */
export type ForeignHashReader = (hash: string) => ForeignHash | null

/** Minimum length of a hash in bytes. A shorter, truncated hash would match too many passwords. */
export const MIN_HASH_BYTES = 16
/** Maximum length of a hash in bytes. No family has more than the length of a SHA-512. */
export const MAX_HASH_BYTES = 64
/** Memory limit of one verification. */
export const MAX_MEMORY_BYTES: number = 256 * 1024 * 1024

/** Returns true if the length of a decoded hash is accepted. */
export function isHashLength(bytes: number): boolean {
  return bytes >= MIN_HASH_BYTES && bytes <= MAX_HASH_BYTES
}

/** Returns true if one of the readings of a typed password matches. Checks one after another. */
export async function matchesAny(
  readings: readonly string[],
  matches: (password: string) => Promise<boolean>,
): Promise<boolean> {
  for (const reading of new Set(readings)) {
    if (await matches(reading)) return true
  }
  return false
}
