/*
 * How many characters of a password do not follow from those before them (decision 39). A pattern of up to seven
 * characters that is repeated counts once, and a run such as `abcdefgh`, `98765` or `qwertyuiop` counts as its first two.
 */
import { codePoints } from './code-points.ts'
import { foldCase, skeletonOf, symbolsOf } from './password-skeleton.ts'

/** A new password has at least this many characters that do not follow from others. */
export const LEAST_OWN_LENGTH = 8

/** From this length on, all characters count: an attacker cannot guess how often a longer one repeats its pattern. */
const LONG = 64

/** Only letters, digits and the signs of a keyboard: there are too many others, such as emojis, for the few guesses that are allowed. */
const REPEATED = /([\p{L}\p{N}\p{M}\x20-\x7e]{1,7}?)\1+/gsu

/** Rows of keyboards, and the digits as they go round. */
const ROWS = [
  '012345678901',
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'],
  ...['йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'],
]
const RUNS = new Set([...ROWS, ...ROWS.map((row) => [...row].reverse().join(''))].flatMap(splitIntoThrees))

/**
 * Returns true if a password only repeats or counts a few characters: fewer than eight do not follow from others. For a
 * short password that the settings allow, they are also at most half of it.
 */
export function isRepetitive(password: string): boolean {
  const folded = foldCase(password)
  const skeleton = skeletonOf(password)
  const half = codePoints(folded) / 2
  // Blanks and symbols may separate the characters of a run: `1 2 3 4 5 6 7 8`.
  const own = codePoints(skeleton) < half ? codePoints(folded) : ownLengthOf(skeleton) + symbolsOf(password).size
  return [ownLengthOf(folded), own].some((length) => length < LEAST_OWN_LENGTH && length <= half)
}

/** Returns the number of code points of a text in lower case without those that repeat or continue others. */
export function ownLengthOf(text: string): number {
  const length = codePoints(text)
  if (length >= LONG) return length
  const characters = [...text]
  return codePoints(withoutRepetitions(characters.filter((_, index) => !continuesRun(characters, index)).join('')))
}

function withoutRepetitions(text: string): string {
  const shorter = text.replace(REPEATED, '$1')
  return shorter === text ? text : withoutRepetitions(shorter)
}

function continuesRun(characters: readonly string[], index: number): boolean {
  if (index < 2) return false
  const three = characters.slice(index - 2, index + 1)
  if (RUNS.has(three.join(''))) return true
  const [first = 0, second = 0, third = 0] = three.map((character) => character.codePointAt(0))
  return Math.abs(second - first) === 1 && third - second === second - first && /[\p{L}\p{N}]{3}/u.test(three.join(''))
}

function splitIntoThrees(row: string): string[] {
  return Array.from({ length: row.length - 2 }, (_, index) => row.slice(index, index + 3))
}
