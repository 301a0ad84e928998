import type { Transaction } from 'kysely'
import type { UserId } from '../../kernel/ids.ts'
import type { SessionRef } from '../../sessions/store.ts'
import type { Database } from './schema.ts'

/** Makes transactions about one user wait for each other; SQLite allows only one write at a time anyway. */
export async function lockUser(trx: Transaction<Database>, id: UserId): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** The same for a user who gets another way in. Returns false if the user does not exist or is disabled. */
export async function lockEnabledUser(trx: Transaction<Database>, id: UserId): Promise<boolean> {
  const user = await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return user !== undefined
}

/**
 * Makes transactions about several users wait for each other. The users are locked in one order, to avoid deadlocks.
 */
export async function lockUsers(trx: Transaction<Database>, sessions: readonly SessionRef[]): Promise<void> {
  const ids = [...new Set(sessions.map(({ userId }) => userId))]
  await trx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute()
}
