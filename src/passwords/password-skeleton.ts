/** Blanks, punctuation and symbols: they make a password look different, but add little for an attacker to guess. */
const SEPARATORS = /[^\p{L}\p{N}\p{Mc}]+/gu
const ACCENTS = /\p{Mn}+/gu

/**
 * Returns the letters and digits of a text, so that spellings of one text are equal: `Acme Notes`, `acme-notes` and
 * `ACMÉNOTES` all become `acmenotes`. Compatibility forms, such as full-width letters, become the plain characters.
 */
export function skeletonOf(text: string): string {
  return foldCase(text).replace(SEPARATORS, '')
}

/** Returns the different characters of a text that its skeleton lacks, without blanks. */
export function symbolsOf(text: string): ReadonlySet<string> {
  return new Set(foldCase(text).replace(/[\p{L}\p{N}\p{Mc}\s]+/gu, ''))
}

function foldCase(text: string): string {
  return text.normalize('NFKD').replace(ACCENTS, '').toLowerCase()
}
