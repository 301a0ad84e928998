import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { PasswordStore } from '../passwords/store.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** Dependencies of `forcePasswordReset` and `unlockUser`. */
export interface UnlockDeps {
  readonly passwords: PasswordStore
  readonly throttle: Throttle
}

/**
 * Disables a password until it is reset, and revokes all sessions. Use it if another person may know the password (ASVS
 * 6.4.6). Returns false if the user has no password.
 */
export async function forcePasswordReset(
  { passwords }: UnlockDeps,
  userId: UserId,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  const effects = onlyEvents(stamp({ type: 'password.disabled', userId, reason: 'forced' }))
  return passwords.forceReset(userId, effects)
}

/**
 * Enables a disabled password, and clears the failed attempts from unknown devices. Returns false if the password was
 * not disabled.
 */
export async function unlockUser(
  { passwords, throttle }: UnlockDeps,
  { id: userId, email }: User,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  await forgetFailures(throttle, email)
  return passwords.setDisabled(userId, null, onlyEvents(stamp({ type: 'password.enabled', userId })))
}
