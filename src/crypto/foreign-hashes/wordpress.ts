/*
 * WordPress: phpass (`$P$`, since 2.5) and bcrypt over an HMAC (`$wp$2y$`, since 6.8); phpBB's phpass (`$H$`).
 * The login form of WordPress puts a backslash before quotes, backslashes and NUL (wp_magic_quotes), and removes blanks at
 * both ends (wp_authenticate), before the password is hashed. Passwords set in other ways have no such backslashes, so both
 * readings are checked. The plain MD5 of the first versions is refused: an attacker guesses it quickly, so these users must
 * reset their passwords.
 */
import { createHmac, hash as digest } from 'node:crypto'
import { equalInConstantTime } from '../signature.ts'
import { isBcrypt, verifyBcrypt } from './bcrypt.ts'
import { crypt64Value, toCrypt64 } from './crypt64.ts'
import { type ForeignHash, matchesAny } from './foreign-scheme.ts'
import { runRounds } from './run-rounds.ts'

const PHPASS = /^\$([PH])\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/
/** The default of phpass is 2^13 rounds; 2^18 rounds take about half a second. */
const MAX_LOG2_ROUNDS = 18
const MIN_LOG2_ROUNDS = 7
const PREFIX = '$wp'
/** Characters that PHP's trim removes. */
const BLANKS = ' \t\n\r\0\v'

/** Reads `$P$<rounds><salt><hash>`, the MD5 chain of Openwall's phpass, and phpBB's name for it, `$H$…`. */
export function readPhpass(hash: string): ForeignHash | null {
  const [, name = '', cost = '', salt = '', expected = ''] = PHPASS.exec(hash) ?? []
  const log2Rounds = crypt64Value(cost)
  if (name === '' || log2Rounds < MIN_LOG2_ROUNDS || log2Rounds > MAX_LOG2_ROUNDS) return null
  const matches = async (password: string): Promise<boolean> =>
    equalInConstantTime(Buffer.from(await computePhpass(password, salt, 2 ** log2Rounds)), Buffer.from(expected))
  if (name === 'H') return { scheme: 'phpass (phpBB)', verify: matches }
  return { scheme: 'phpass (WordPress)', verify: (password) => matchesAny(wordPressReadings(password), matches) }
}

/** Reads `$wp$2y$10$…`: bcrypt over the base64 of HMAC-SHA-384 with the key `wp-sha384` (wp_hash_password of 6.8). */
export function readWordPress(hash: string): ForeignHash | null {
  const bcrypt = hash.slice(PREFIX.length)
  if (!hash.startsWith(PREFIX) || !isBcrypt(bcrypt)) return null
  const matches = (password: string): Promise<boolean> =>
    verifyBcrypt(createHmac('sha384', 'wp-sha384').update(password).digest('base64'), bcrypt)
  return { scheme: 'bcrypt (WordPress)', verify: (password) => matchesAny(wordPressReadings(password), matches) }
}

async function computePhpass(password: string, salt: string, rounds: number): Promise<string> {
  const typed = Buffer.from(password)
  let chain = digest('md5', Buffer.concat([Buffer.from(salt), typed]), 'buffer')
  await runRounds(rounds, () => {
    chain = digest('md5', Buffer.concat([chain, typed]), 'buffer')
  })
  let text = ''
  for (let at = 0; at < chain.byteLength; at += 3) {
    const bytes = Math.min(3, chain.byteLength - at)
    text += toCrypt64(chain.readUIntLE(at, bytes), bytes + 1)
  }
  return text
}

function wordPressReadings(password: string): string[] {
  const slashed = password.replace(/['"\\]/g, '\\$&').replaceAll('\0', '\\0')
  return [slashed, password].map(trimLikePhp)
}

function trimLikePhp(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && BLANKS.includes(text.charAt(start))) start++
  while (end > start && BLANKS.includes(text.charAt(end - 1))) end--
  return text.slice(start, end)
}
