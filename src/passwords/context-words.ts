import { codePoints } from './code-points.ts'
import { skeletonOf, symbolsOf } from './password-skeleton.ts'

const SHORTEST_WORD = 4
/** No name or email address that is accepted is longer. Others are refused anyway, and need no work (CWE-1333). */
const LONGEST_WORD = 512
/** A password is "built from" the words if fewer characters than this remain without them. */
const LEAST_OWN_CHARACTERS = 8

/**
 * Returns true if a password is built from the email address, from the user's name, or from the name or host of the site, in
 * any spelling: without these words, fewer than eight characters remain. Repeated symbols count once, and blanks do not count.
 * @param names of the user and of the site, brand and host. The single words of each count too.
 */
export function isBuiltFromContext(password: string, email: string, names: readonly string[]): boolean {
  const wholes = [email, ...email.split('@'), ...names].filter((whole) => whole.length <= LONGEST_WORD)
  const words = [...wholes, ...wholes.flatMap(splitIntoWords)]
  const whole = skeletonOf(password)
  const rest = longestFirst(words.map(skeletonOf)).reduce((text, word) => text.replaceAll(word, ''), whole)
  return rest !== whole && codePoints(rest) + symbolsOf(password).size < LEAST_OWN_CHARACTERS
}

function longestFirst(words: readonly string[]): string[] {
  return words.filter((word) => word.length >= SHORTEST_WORD).sort((left, right) => right.length - left.length)
}

/** Splits `Acme Notes` at the blank, and `id.acme-notes.example` at the dots and the hyphen. */
function splitIntoWords(name: string): string[] {
  return name.split(/[^\p{L}\p{N}\p{M}]+/u)
}
