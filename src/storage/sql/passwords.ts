import type { Kysely, Transaction } from 'kysely'
import type { PasswordHash } from '../../crypto/password-hasher.ts'
import type { PasswordChange, PasswordCredential, PasswordStore } from '../../passwords/store.ts'
import { toUser } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'

/** Passwords in SQL. */
export function createPasswordStore({ db, reader }: SqlDatabase, sessions: SessionEffects): PasswordStore {
  return {
    findByEmail: (email) => findCredential(reader, 'email', email),

    findByUserId: (id) => findCredential(reader, 'id', id),

    async rehash(id, oldHash, newHash) {
      await db
        .updateTable('passwords')
        .set({ hash: newHash })
        .where('user_id', '=', id)
        .where('hash', '=', oldHash)
        .execute()
    },

    async change(change) {
      try {
        await db.transaction().execute((trx) => changePassword(trx, sessions, change))
        return true
      } catch (error) {
        if (error instanceof ChangedMeanwhile) return false
        throw error
      }
    },
  }
}

/** Rolls the transaction back: the password or the session is not what the change was based on. */
class ChangedMeanwhile extends Error {}

async function changePassword(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { oldHash, newHash, keep }: PasswordChange,
): Promise<void> {
  const { userId } = keep
  const user = await trx
    .updateTable('users')
    .set((eb) => ({ security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .returning('security_epoch')
    .executeTakeFirst()
  const { numUpdatedRows } = await trx
    .updateTable('passwords')
    .set({ hash: newHash, changed_at: at(keep.authenticatedAt) })
    .where('user_id', '=', userId)
    .where('hash', '=', oldHash)
    .executeTakeFirst()
  const isUnchanged = user !== undefined && numUpdatedRows > 0n && (await sessions.rotate(trx, keep))
  if (!isUnchanged) throw new ChangedMeanwhile()
  const except = { id: keep.id, tokenHash: keep.newTokenHash }
  await sessions.endAll(trx, { userId, except, throughEpoch: user.security_epoch - 1 })
}

async function findCredential(
  db: Kysely<Database>,
  column: 'email' | 'id',
  value: string,
): Promise<PasswordCredential | null> {
  const row = await db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .selectAll('users')
    .select('passwords.hash')
    .where(`users.${column}`, '=', value)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    user: toUser(row),
    hash: row.hash as PasswordHash | null, // made by our hasher or let in by an import
    disabled: row.disabled_at !== null,
    securityEpoch: row.security_epoch,
  }
}
