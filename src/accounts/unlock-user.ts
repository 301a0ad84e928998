import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { PasswordStore } from '../passwords/store.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** What locking and unlocking work with. */
export interface UnlockDeps {
  readonly passwords: PasswordStore
  readonly throttle: Throttle
}

/**
 * Makes a password useless until it is reset, and ends all sessions: for an account that somebody else may know the
 * password of (ASVS 6.4.6). False when the user has no password.
 */
export async function forcePasswordReset(
  { passwords }: UnlockDeps,
  userId: UserId,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  const effects = onlyEvents(stamp({ type: 'password.disabled', userId, reason: 'forced' }))
  return passwords.forceReset(userId, effects)
}

/** Lets a password work again that was disabled, and forgets the failures of strangers. False when it was not disabled. */
export async function unlockUser(
  { passwords, throttle }: UnlockDeps,
  { id: userId, email }: User,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  await forgetFailures(throttle, email)
  return passwords.setDisabled(userId, null, onlyEvents(stamp({ type: 'password.enabled', userId })))
}
