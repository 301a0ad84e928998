/*
 * The tokens of stored sessions. Each is computed from the number of its session, so a million of them need no storage:
 * the code that fills a store and the code that sends requests compute the same tokens.
 */
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { hashToken, parseToken, type TokenHash } from '../../src/crypto/token.ts'

const SEED = 'latchkey-bench'
const FIRST_ID_TIME_MS = Date.UTC(2026, 0, 1)
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Returns 43 pseudo-random base64url characters: the secret part of a Latchkey token, and the session id of other
 * subjects.
 */
export function storedSecret(session: number): string {
  return hash('sha256', `${SEED}:${session}`, 'base64url')
}

/** Returns the Latchkey token of a stored session, or of a stored access token. */
export function storedToken(session: number, prefix = 'lks'): string {
  const payload = `${prefix}_${storedSecret(session)}`
  return payload + checksum(payload)
}

/** Returns the stored hash of that token. */
export function storedTokenHash(session: number): TokenHash {
  return hashToken(storedToken(session))
}

/**
 * Returns the id of a stored session or user: a UUID of version 7, whose time is its number, so that ids are in order.
 */
export function storedId(kind: 'session' | 'user', number: number): string {
  const time = (FIRST_ID_TIME_MS + number).toString(16).padStart(12, '0')
  const random = hash('sha256', `${SEED}:${kind}:${number}`)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}

/** Returns the user of a stored session. */
export function userOfSession(session: number): number {
  return Math.floor(session / SESSIONS_PER_USER)
}

/** Number of sessions of each user in a filled store. */
export const SESSIONS_PER_USER = 10

/** Returns distinct numbers of stored sessions in random order; each round returns others. */
export function sampleSessions(stored: number, count: number, round: number): number[] {
  const start = crc32(`${SEED}:${round}`) % stored
  // A step without a common factor with the number of sessions visits each session once before any repeats.
  const step = coprimeStep(stored)
  return Array.from({ length: Math.min(count, stored) }, (_, index) => (start + index * step) % stored)
}

function coprimeStep(stored: number): number {
  let step = Math.max(1, Math.floor(stored * 0.618))
  while (greatestCommonDivisor(step, stored) !== 1) step++
  return step
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}

/** Returns the six characters that src/crypto/token.ts appends to a secret. */
function checksum(payload: string): string {
  let rest = crc32(payload)
  let digits = ''
  for (let index = 0; index < 6; index++) {
    digits = `${BASE62[rest % 62]}${digits}`
    rest = Math.floor(rest / 62)
  }
  return digits
}

if (parseToken('lks', storedToken(0)) === null) {
  throw new Error(
    'bench/support/stored-tokens.ts creates tokens that src/crypto/token.ts refuses: its format has changed',
  )
}
