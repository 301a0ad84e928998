import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `enableUser`. */
export interface EnableUserDeps {
  readonly users: UserStore
}

/**
 * Enables a disabled user, who can log in again. The revoked sessions stay revoked.
 * @returns false if the id belongs to no disabled user.
 */
export async function enableUser({ users }: EnableUserDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return users.enable(id, onlyEvents(stamp({ type: 'user.enabled', userId: id })))
}
