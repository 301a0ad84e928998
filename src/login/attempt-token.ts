import { hash } from 'node:crypto'
import { hashToken, newToken, parseToken, type Token, type TokenHash } from '../crypto/token.ts'
import { MINUTE_MS } from '../kernel/clock.ts'
import type { Device } from '../throttle/device.ts'

/** Prefix of a login attempt token. */
const PREFIX = 'lka'
/** Lifetime of a login attempt, in milliseconds. */
export const ATTEMPT_LIFE_MS: number = 10 * MINUTE_MS
/** Number of wrong answers after which a login attempt ends. */
export const MAX_ATTEMPT_TRIES = 5

/** Creates the token of a login attempt. */
export function newAttemptToken(): Token {
  return newToken(PREFIX)
}

/** Returns the hash under which an attempt is stored, or null if the token is malformed. */
export function hashAttemptToken(text: string | null): TokenHash | null {
  const token = text === null ? null : parseToken(PREFIX, text)
  return token === null ? null : hashToken(token)
}

/**
 * Returns the hash that ties an attempt to the device that it began on, or null if the browser sent no device cookie.
 */
export function hashDevice(device: Device | null): string | null {
  return device === null ? null : hash('sha256', device.id, 'base64url')
}
