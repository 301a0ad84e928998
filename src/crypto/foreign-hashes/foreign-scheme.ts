/** A stored hash of another system, read and found within bounds. */
export interface ForeignHash {
  /** What made it, for people: `bcrypt`, `PBKDF2-SHA256 (Django)`. */
  readonly scheme: string
  /** True when the password, exactly as it was typed, belongs to the hash. */
  verify(password: string): Promise<boolean>
}

/**
 * Reads a stored hash of one family. Null when it is of another family, malformed, or when one verification of it
 * would cost more than the family's bounds: a wrong or hostile line of an import must not be able to stop the server.
 */
export type ForeignHashReader = (hash: string) => ForeignHash | null

/** Least bytes of a hash that are believed: a hash cut short would be easy to meet by chance. */
export const MIN_HASH_BYTES = 16
/** Most bytes of a hash; every family has at most a SHA-512's worth. */
export const MAX_HASH_BYTES = 64
/** Most memory that one verification may take. */
export const MAX_MEMORY_BYTES: number = 256 * 1024 * 1024

/** True when a decoded hash has a length that is believed. */
export function isHashLength(bytes: number): boolean {
  return bytes >= MIN_HASH_BYTES && bytes <= MAX_HASH_BYTES
}

/** True when one of the readings of a typed password matches; they are tried one after another. */
export async function matchesAny(
  readings: readonly string[],
  matches: (password: string) => Promise<boolean>,
): Promise<boolean> {
  for (const reading of new Set(readings)) {
    if (await matches(reading)) return true
  }
  return false
}
