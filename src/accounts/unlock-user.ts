import { tellOnly } from '../audit/tell.ts'
import type { Note } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { SessionCache } from '../sessions/session-cache.ts'

/** What locking and unlocking work with. */
export interface UnlockDeps {
  readonly passwords: PasswordStore
  readonly cache: SessionCache
}

/**
 * Makes a password useless until it is reset, and ends all sessions: for an account that somebody else may know the
 * password of (ASVS 6.4.6). False when the user has no password.
 */
export async function forcePasswordReset(
  { passwords, cache }: UnlockDeps,
  userId: UserId,
  note: Note,
): Promise<boolean> {
  const told = tellOnly(note({ type: 'password.disabled', userId, reason: 'forced' }))
  const forced = await passwords.forceReset(userId, told)
  cache.evictUser(userId)
  return forced
}

/** Lets a password work again that was disabled. False when it was not. */
export async function unlockUser({ passwords }: UnlockDeps, userId: UserId, note: Note): Promise<boolean> {
  // Throttling: the counters of failed tries of this account are to be forgotten here as well.
  return passwords.setDisabled(userId, null, tellOnly(note({ type: 'password.enabled', userId })))
}
