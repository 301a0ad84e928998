import { LEAST_OWN_LENGTH, ownLengthOf } from './own-length.ts'
import { skeletonOf, symbolsOf } from './password-skeleton.ts'

const SHORTEST_WORD = 4

/**
 * Returns true if a password is built from the email address, or from the name of the user or of the site, in any spelling:
 * without these words, fewer than eight characters of its own remain. Repeated symbols count once, and blanks do not
 * count.
 * @param names of the user and of the site, and its host. The parts of each count too.
 */
export function isBuiltFromContext(password: string, email: string, names: readonly string[]): boolean {
  const wholes = [email, ...email.split('@'), ...names]
  const words = [...wholes, ...wholes.flatMap((whole) => whole.split(/[^\p{L}\p{N}\p{M}]+/u))]
  const whole = skeletonOf(password)
  const rest = longestFirst(words.map(skeletonOf)).reduce((text, word) => text.replaceAll(word, ''), whole)
  return rest !== whole && ownLengthOf(rest) + symbolsOf(password).size < LEAST_OWN_LENGTH
}

function longestFirst(words: readonly string[]): string[] {
  return words.filter((word) => word.length >= SHORTEST_WORD).sort((left, right) => right.length - left.length)
}
