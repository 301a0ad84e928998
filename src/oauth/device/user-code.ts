/** Letters of a code that a person types: no vowels, so no words, and none that people confuse (RFC 8628 section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const LENGTH = 8

/** Returns a code as the hash of it is stored, or null for a text that cannot be one. Case, blanks and dashes do not matter. */
export function parseUserCode(text: string): string | null {
  if (text.length > 64) return null
  const code = text.toUpperCase().replaceAll(/[\s-]/g, '')
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null
}

/** Returns a code as devices show it: `BCDF-GHJK`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`
}
