import type { Transaction } from 'kysely'
import type { EnrolmentStore } from '../../factors/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of what users set up besides their passwords, in SQL. */
export function createEnrolmentStore({ reader }: TransactingDatabase): EnrolmentStore {
  return {
    async find(userId) {
      const row = await reader
        .selectNoFrom((eb) => [
          eb
            .exists(
              eb
                .selectFrom('totp')
                .select('user_id')
                .where('user_id', '=', userId)
                .where('confirmed_at', 'is not', null),
            )
            .as('totp'),
          eb.exists(eb.selectFrom('passkeys').select('id').where('user_id', '=', userId)).as('passkey'),
          eb
            .exists(eb.selectFrom('recovery_codes').select('user_id').where('user_id', '=', userId))
            .as('recovery_code'),
        ])
        .executeTakeFirstOrThrow()
      return Object.entries(row).flatMap(([method, isThere]) => (isThere ? [method] : []))
    },
  }
}

/** Returns true if the user set up an authenticator app or a passkey. Locks neither: the caller locks the row of the user. */
export async function hasSecondFactor(trx: Transaction<Database>, userId: UserId): Promise<boolean> {
  const totp = await trx
    .selectFrom('totp')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
  if (totp !== undefined) return true
  const passkey = await trx.selectFrom('passkeys').select('id').where('user_id', '=', userId).executeTakeFirst()
  return passkey !== undefined
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
