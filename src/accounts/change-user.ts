import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of the actions on an account. */
export interface AccountDeps {
  readonly users: UserStore
  readonly clock: Clock
}

/** Changes the name of a user; null removes it. Throws `not_found` if the user does not exist. */
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

/**
 * Disables a user: revokes all sessions and refuses every login (ASVS 7.4.2). Returns false if no enabled user has this
 * id.
 */
export async function disableUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.disable(id, deps.clock(), onlyEvents(stamp({ type: 'user.disabled', userId: id })))
}

/** Enables a disabled user. Revoked sessions stay revoked. Returns false if no disabled user has this id. */
export async function enableUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.enable(id, onlyEvents(stamp({ type: 'user.enabled', userId: id })))
}

/** Deletes a user with all their data. Returns false if the user does not exist. */
export async function deleteUser(deps: AccountDeps, id: UserId, stamp: Stamp<AccountEvent>): Promise<boolean> {
  return deps.users.delete(id, onlyEvents(stamp({ type: 'user.deleted', userId: id })))
}
