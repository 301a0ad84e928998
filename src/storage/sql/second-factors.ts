import type { Transaction } from 'kysely'
import type { EnrolmentStore } from '../../factors/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Method } from '../../kernel/principal.ts'
import { prepareQuery, type SlotOf } from './prepared-query.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of what users set up besides their passwords, in SQL. */
export function createEnrolmentStore({ reader }: TransactingDatabase): EnrolmentStore {
  return { find: (userId) => findMethods(reader, userId) }
}

async function findMethods(db: SqlDatabase['reader'], userId: UserId): Promise<readonly Method[]> {
  const [row] = (await selectMethods(db, { userId })).rows
  if (row === undefined) throw new Error('The database returns no row')
  return Object.entries(row).flatMap(([method, isThere]) => (isThere ? [method] : []))
}

const selectMethods = prepareQuery((db, slot: SlotOf<{ readonly userId: UserId }>) =>
  db.selectNoFrom((eb) => [
    eb
      .exists(
        eb
          .selectFrom('totp')
          .select('user_id')
          .where('user_id', '=', slot('userId'))
          .where('confirmed_at', 'is not', null),
      )
      .as('totp'),
    eb.exists(eb.selectFrom('passkeys').select('id').where('user_id', '=', slot('userId'))).as('passkey'),
    eb
      .exists(eb.selectFrom('recovery_codes').select('user_id').where('user_id', '=', slot('userId')))
      .as('recovery_code'),
  ]),
)

/** Returns true if the user set up none of the methods. Locks nothing: the caller locks the row of the user. */
export async function lacksMethods(
  trx: Transaction<Database>,
  userId: UserId,
  methods: readonly Method[],
): Promise<boolean> {
  if (methods.length === 0) return true
  const found = await findMethods(trx, userId)
  return !found.some((method) => methods.includes(method))
}

/** Returns true if the user set up an authenticator app or a passkey. Locks neither: the caller locks the row of the user. */
export async function hasSecondFactor(trx: Transaction<Database>, userId: UserId): Promise<boolean> {
  return !(await lacksMethods(trx, userId, ['totp', 'passkey']))
}

/**
 * Deletes recovery codes and remembered devices of a user who has no second factor any more. They replace one at a login, so
 * they stay as long as there is one.
 */
export async function endFactorCompanions(trx: Transaction<Database>, userId: UserId): Promise<void> {
  if (await hasSecondFactor(trx, userId)) return
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await trx.deleteFrom('remembered_devices').where('user_id', '=', userId).execute()
}
