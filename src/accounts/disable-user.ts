import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `disableUser`. */
export interface DisableUserDeps {
  readonly users: UserStore
  readonly clock: Clock
}

/**
 * Disables a user and revokes all their sessions (ASVS 7.4.2). A disabled user cannot log in.
 * @returns false if the id belongs to no enabled user.
 */
export async function disableUser(
  { users, clock }: DisableUserDeps,
  id: UserId,
  stamp: Stamp<AccountEvent>,
): Promise<boolean> {
  return users.disable(id, clock(), onlyEvents(stamp({ type: 'user.disabled', userId: id })))
}
