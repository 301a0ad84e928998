import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** What changing an account works with. */
export interface AccountDeps {
  readonly users: UserStore
  readonly clock: Clock
}

/** Gives the user another name; null takes it away. Throws not_found when the user is gone. */
export async function renameUser(
  deps: AccountDeps,
  id: UserId,
  name: string | null,
  stamp: Stamp<AccountEvent>,
): Promise<User> {
  const user = await deps.users.rename(id, name, onlyEvents(stamp({ type: 'user.renamed', userId: id })))
  if (user === null) throw new Refusal('not_found')
  return user
}

/** Keeps a user from logging in and ends all sessions (ASVS 7.4.2). False when there was no enabled user of this id. */
export async function disableUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.disable(id, deps.clock(), onlyEvents(stamp({ type: 'user.disabled', userId: id })))
}

/** Lets a disabled user log in again; the ended sessions stay ended. False when there was no disabled user of this id. */
export async function enableUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.enable(id, onlyEvents(stamp({ type: 'user.enabled', userId: id })))
}

/** Deletes a user with all that belongs to them. False when there was none. */
export async function deleteUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.delete(id, onlyEvents(stamp({ type: 'user.deleted', userId: id })))
}
