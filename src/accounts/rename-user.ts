import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `renameUser`. */
export interface RenameUserDeps {
  readonly users: UserStore
}

/**
 * Changes the name of a user; null removes it.
 * @throws Refusal `not_found` if the user does not exist any more.
 */
export async function renameUser(
  { users }: RenameUserDeps,
  id: UserId,
  name: string | null,
  stamp: Stamp<AccountEvent>,
): Promise<User> {
  const user = await users.rename(id, name, onlyEvents(stamp({ type: 'user.renamed', userId: id })))
  if (user === null) throw new Refusal('not_found')
  return user
}
