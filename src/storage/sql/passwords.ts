import type { Kysely, Transaction } from 'kysely'
import type { PasswordHash } from '../../crypto/password-hasher.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { PasswordChange, PasswordCredential, PasswordStore } from '../../passwords/store.ts'
import { toUser } from './rows.ts'
import type { Database } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'
import { isDone, type TellingDatabase } from './transact.ts'

/** Passwords in SQL. */
export function createPasswordStore(
  { db, reader, transact }: TellingDatabase,
  sessions: SessionEffects,
): PasswordStore {
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

    async change(change, tell) {
      try {
        return (await transact(tell, (trx) => changePassword(trx, sessions, change))) !== null
      } catch (error) {
        if (error instanceof ChangedMeanwhile) return false
        throw error
      }
    },

    setDisabled: (userId, disabledFor, tell) =>
      isDone(
        transact(tell, async (trx) => {
          const { numUpdatedRows } = await trx
            .updateTable('passwords')
            .set({ disabled_for: disabledFor })
            .where('user_id', '=', userId)
            .where('disabled_for', 'is distinct from', disabledFor)
            .executeTakeFirst()
          return numUpdatedRows > 0n || null
        }),
      ),

    forceReset: (userId, tell) => isDone(transact(tell, (trx) => forceReset(trx, sessions, userId))),
  }
}

/** Rolls the transaction back: the password or the session is not what the change was based on. */
class ChangedMeanwhile extends Error {}

async function changePassword(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  { oldHash, newHash, keep }: PasswordChange,
): Promise<true> {
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
  return true
}

async function forceReset(trx: Transaction<Database>, sessions: SessionEffects, userId: UserId): Promise<true | null> {
  // First the user, as everything that ends all sessions does: whoever locks both locks them in this order.
  const user = await trx
    .updateTable('users')
    .set((eb) => ({ security_epoch: eb('security_epoch', '+', 1) }))
    .where('id', '=', userId)
    .where(({ exists, selectFrom }) => exists(selectFrom('passwords').select('user_id').where('user_id', '=', userId)))
    .returning('security_epoch')
    .executeTakeFirst()
  if (user === undefined) return null
  await trx.updateTable('passwords').set({ disabled_for: 'everyone' }).where('user_id', '=', userId).execute()
  await sessions.endAll(trx, { userId, except: null, throughEpoch: user.security_epoch - 1 })
  return true
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
    hash: row.hash as PasswordHash | null, // a PHC string that our hasher made
    disabled: row.disabled_at !== null,
    securityEpoch: row.security_epoch,
  }
}
