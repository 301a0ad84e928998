import { hash, randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { UserId } from '../../kernel/ids.ts'

const CHALLENGE_BYTES = 32

/** Returns a new challenge: 256 random bits in base64url (ASVS 6.7.2). */
export function newChallenge(): string {
  return randomBytes(CHALLENGE_BYTES).toString('base64url')
}

/** Returns the hash under which a challenge is stored. */
export function hashChallenge(challenge: string): string {
  return hash('sha256', challenge, 'base64url')
}

/**
 * Returns the id of the user that a registration creates. The authenticator stores it with the passkey before the user exists, so it
 * follows from the challenge.
 * @param beganAt start of the registration, milliseconds since 1970 UTC.
 */
export function userIdOf(challenge: string, beganAt: number): UserId {
  return v7({ msecs: beganAt, random: hash('sha256', `user id ${challenge}`, 'buffer') }) as UserId
}

/** Returns the user handle of WebAuthn: the id of the user as 16 bytes, in base64url. */
export function toUserHandle(userId: UserId): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')
}
