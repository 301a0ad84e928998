import { hash } from 'node:crypto'
import { hashToken, newToken, parseToken, type Token, type TokenHash } from '../crypto/token.ts'
import { MINUTE_MS } from '../kernel/clock.ts'
import type { Device } from '../throttle/device.ts'

/** Prefix of the tokens of login attempts. */
const PREFIX = 'lka'
/** How long a login attempt lives, in milliseconds. */
export const ATTEMPT_LIFE_MS: number = 10 * MINUTE_MS
/** Wrong answers after which a login attempt ends. */
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

/** Returns the hash by which an attempt knows the device that it began on, or null if the browser carried no device cookie. */
export function hashDevice(device: Device | null): string | null {
  return device === null ? null : hash('sha256', device.id, 'base64url')
}
