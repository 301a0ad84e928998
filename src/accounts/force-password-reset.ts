import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { PasswordStore } from '../passwords/store.ts'

/** Dependencies of `forcePasswordReset`. */
export interface ForcePasswordResetDeps {
  readonly passwords: PasswordStore
}

/**
 * Disables a password until it is reset and revokes all sessions of the user. An administrator uses it if another
 * person may know the password (ASVS 6.4.6).
 * @returns false if the user has no password.
 */
export async function forcePasswordReset(
  { passwords }: ForcePasswordResetDeps,
  userId: UserId,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  const effects = onlyEvents(stamp({ type: 'password.disabled', userId, reason: 'forced' }))
  return passwords.forceReset(userId, effects)
}
