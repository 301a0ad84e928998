import { skeletonOf, symbolsOf } from './password-skeleton.ts'

/** Returns true if a password is a common one, which attackers try first. */
export type IsCommon = (password: string) => Promise<boolean>

const SHORTEST_WORD = 4
/** Digits and different symbols that may stand around and between the repetitions of a common password. */
const MAX_DECORATION = 7

let common: Promise<CommonPasswords> | undefined

interface CommonPasswords {
  readonly list: ReadonlySet<string>
  readonly longest: number
}

/**
 * Returns true for a password from the offline list of `@zxcvbn-ts/language-common` (49,233 entries, in lower case),
 * and for one that is only repeated or decorated with digits and symbols, such as `passwordpassword`,
 * `Password password 123` or `2026-password` (NIST SP 800-63B-4 section 3.1.1.2, ASVS 6.2.4). The list is loaded at the
 * first call, so that it does not slow down the start.
 */
export const isCommonPassword: IsCommon = async (password) => {
  common ??= loadList()
  const { list, longest } = await common
  const lowered = password.toLowerCase()
  if (repeatedParts(lowered).some((part) => list.has(part))) return true
  const skeleton = skeletonOf(password)
  const room = MAX_DECORATION - symbolsOf(password).size
  return wordsNear(skeleton, longest).some((word) => list.has(word) && isOnlyDecorated(skeleton, word, room))
}

async function loadList(): Promise<CommonPasswords> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const words = dictionary['passwords-common']
  const list = new Set([...words, ...words.map(skeletonOf)])
  return { list, longest: words.reduce((longest, { length }) => Math.max(longest, length), 0) }
}

/** Returns the text itself, and every shorter text that gives it when repeated. */
function repeatedParts(text: string): string[] {
  const lengths = Array.from({ length: text.length }, (_, index) => index + 1)
  return lengths
    .filter((length) => text.length % length === 0)
    .map((length) => text.slice(0, length))
    .filter((part) => part.repeat(text.length / part.length) === text)
}

/** Returns the parts of a text that start near its beginning: a decorated word cannot start later. */
function wordsNear(text: string, longest: number): string[] {
  const words: string[] = []
  for (let start = 0; start <= MAX_DECORATION; start++) {
    for (let length = SHORTEST_WORD; length <= longest && start + length <= text.length; length++) {
      words.push(text.slice(start, start + length))
    }
  }
  return words
}

/** Removes the part of a word before its first and after its last repetition: `wordpasswordpass` becomes `password`. */
function withoutCutWords(text: string, word: string): string {
  const lengths = Array.from({ length: word.length - 1 }, (_, index) => word.length - 1 - index)
  const end = lengths.find((length) => text.endsWith(word + word.slice(0, length))) ?? 0
  const start = lengths.find((length) => text.startsWith(word.slice(-length) + word)) ?? 0
  return text.slice(start, text.length - end)
}

/** Returns true if, without the word, at most `room` characters remain, and none of them is a letter. */
function isOnlyDecorated(text: string, word: string, room: number): boolean {
  const rest = withoutCutWords(text, word).replaceAll(word, '')
  return rest.length <= room && !/\p{L}/u.test(rest)
}
