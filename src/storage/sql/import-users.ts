import type { Transaction } from 'kysely'
import type { MovedUser } from '../../accounts/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import { findReservedEmails } from './one-time-tokens.ts'
import { toUserRow } from './rows.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/**
 * Inserts users, and their passwords, with one statement each. Skips users whose email address is taken, or reserved
 * for a user who may still undo a change of address.
 * @returns the ids of the inserted users, or null if there are none.
 */
export async function insertMovedUsers(
  trx: Transaction<Database>,
  users: readonly MovedUser[],
  now: number,
): Promise<readonly UserId[] | null> {
  const emails = users.map(({ user }) => user.email)
  const reserved = new Set(await findReservedEmails(trx, emails, now))
  const free = users.filter(({ user }) => !reserved.has(user.email))
  if (free.length === 0) return null
  const stored = await trx
    .insertInto('users')
    .values(inOrderOfEmail(free).map(toMovedRow))
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .execute()
  if (stored.length === 0) return null
  const ids = new Set(stored.map(({ id }) => id))
  const passwords = users.flatMap(({ user, passwordHash }) =>
    passwordHash !== null && ids.has(user.id)
      ? [{ user_id: user.id, hash: passwordHash, changed_at: at(user.createdAt) }]
      : [],
  )
  if (passwords.length > 0) await trx.insertInto('passwords').values(passwords).execute()
  return users.map(({ user }) => user.id).filter((id) => ids.has(id))
}

/** Two concurrent imports of the same addresses lock them in the same order, so that they cannot deadlock. */
function inOrderOfEmail(users: readonly MovedUser[]): MovedUser[] {
  return users.toSorted((left, right) => (left.user.email < right.user.email ? -1 : 1))
}

function toMovedRow({ user }: MovedUser): ReturnType<typeof toUserRow> {
  return { ...toUserRow(user), disabled_at: user.disabledAt === null ? null : at(user.disabledAt) }
}
