/*
 * Deleting a user. One transaction deletes the user with everything that belongs to the account. A user can have any number
 * of events and thousands of sessions, and one statement over all of them would stop a process with SQLite. So very many
 * sessions end before that transaction, and personal data in the audit log is erased after it, a part at a time. The
 * transaction notes that the erasure is due, so the sweep finishes it if the process dies.
 */
import type { Transaction } from 'kysely'
import { type EffectsOf, onlyEvents } from '../../kernel/effects.ts'
import type { UserId } from '../../kernel/ids.ts'
import { NOTHING_PERSONAL } from './audit-rows.ts'
import { endSessionsOf, MAX_ENDED_AT_ONCE } from './direct-session-effects.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Events whose personal data one statement erases. */
const ERASED_AT_ONCE = 200

/** Deletes a user. Returns false if the user does not exist. */
export async function deleteUser(database: TransactingDatabase, id: UserId, effectsOf: EffectsOf): Promise<boolean> {
  const { transact } = database
  while (await hasManySessions(database, id)) {
    await transact(onlyEvents(), (trx, sessions) =>
      endSessionsOf(trx, sessions, { userId: id, except: null, limit: MAX_ENDED_AT_ONCE }),
    )
  }
  const isDeleted = await isDone(transact(effectsOf, (trx, sessions) => deleteRows(trx, sessions, id)))
  // The user is deleted. If the erasure fails, the sweep finishes it.
  if (isDeleted) await eraseUser(database, id).catch(() => undefined)
  return isDeleted
}

/** Finishes the erasures that were interrupted. Returns their number. */
export async function eraseDeletedUsers(database: SqlDatabase): Promise<number> {
  const due = await database.reader.selectFrom('erasures').select('user_id').execute()
  for (const { user_id } of due) await eraseUser(database, user_id as UserId)
  return due.length
}

async function hasManySessions({ reader }: SqlDatabase, id: UserId): Promise<boolean> {
  const row = await reader
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', id)
    .limit(1)
    .offset(MAX_ENDED_AT_ONCE)
    .executeTakeFirst()
  return row !== undefined
}

async function deleteRows(trx: Transaction<Database>, sessions: SessionEffects, id: UserId): Promise<true | null> {
  sessions.evict({ kind: 'user', id })
  const row = await trx
    .updateTable('users')
    .set((eb) => ({ security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', id)
    .returning('security_epoch')
    .executeTakeFirst()
  if (row === undefined) return null
  await sessions.endAll({ userId: id, except: null, throughEpoch: row.security_epoch - 1 })
  await trx.insertInto('erasures').values({ user_id: id }).execute()
  await trx.deleteFrom('users').where('id', '=', id).execute()
  return true
}

/** Erases personal data in the events about a deleted user. The id of the user stays as a pseudonym. */
async function eraseUser({ db }: SqlDatabase, userId: UserId): Promise<void> {
  for (let after: string | null = null; ; ) {
    const rows: readonly { readonly id: string }[] = await db
      .selectFrom('audit_events')
      .select('id')
      .where('user_id', '=', userId)
      .$if(after !== null, (query) => query.where('id', '>', after))
      .orderBy('id')
      .limit(ERASED_AT_ONCE)
      .execute()
    const ids = rows.map(({ id }) => id)
    after = ids.at(-1) ?? null
    if (after === null) break
    await db
      .updateTable('audit_events')
      .set(NOTHING_PERSONAL)
      .where('id', 'in', ids)
      .where('personal_salt', 'is not', null)
      .execute()
  }
  await db.deleteFrom('erasures').where('user_id', '=', userId).execute()
}
