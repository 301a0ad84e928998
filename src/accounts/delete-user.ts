import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `deleteUser`. */
export interface DeleteUserDeps {
  readonly users: UserStore
}

/**
 * Deletes a user and all data that belongs to the user.
 * @returns false if the user does not exist.
 */
export async function deleteUser({ users }: DeleteUserDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return users.delete(id, onlyEvents(stamp({ type: 'user.deleted', userId: id })))
}
