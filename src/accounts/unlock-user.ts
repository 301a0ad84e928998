import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { User } from '../kernel/principal.ts'
import type { PasswordEvent } from '../passwords/events.ts'
import type { PasswordStore } from '../passwords/store.ts'
import { forgetFailures } from '../throttle/password-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'

/** Dependencies of `unlockUser`. */
export interface UnlockUserDeps {
  readonly passwords: PasswordStore
  readonly throttle: Throttle
}

/**
 * Enables a disabled password again and clears the failed attempts from unknown devices.
 * @returns false if the password was not disabled.
 */
export async function unlockUser(
  { passwords, throttle }: UnlockUserDeps,
  { id: userId, email }: User,
  stamp: Stamp<PasswordEvent>,
): Promise<boolean> {
  await forgetFailures(throttle, email)
  return passwords.setDisabled(userId, null, onlyEvents(stamp({ type: 'password.enabled', userId })))
}
