import { sql, type Transaction } from 'kysely'
import type { RecoveryCodeStore } from '../../factors/recovery-codes/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'
import { hasSecondFactor } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of recovery codes in SQL. */
export function createRecoveryCodeStore({ reader, transact }: TransactingDatabase): RecoveryCodeStore {
  return {
    async find(userId) {
      const rows = await reader
        .selectFrom('recovery_codes')
        .select('created_at')
        .where('user_id', '=', userId)
        .execute()
      const [first] = rows
      return first === undefined ? null : { left: rows.length, createdAt: first.created_at }
    },

    replace: ({ userId, securityEpoch }, hashes, createdAt, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
          if (!(await hasSecondFactor(trx, userId))) return null
          await insertRecoveryCodes(trx, userId, hashes, createdAt)
          return true
        }),
      ),

    async use(userId, hashes, effectsOf) {
      const left = await transact(effectsOf, async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('recovery_codes')
          .where('user_id', '=', userId)
          .where('code_hash', 'in', hashes)
          .executeTakeFirst()
        return numDeletedRows === 0n ? null : countCodes(trx, userId)
      })
      return left !== null
    },
  }
}

async function countCodes(trx: Transaction<Database>, userId: UserId): Promise<number> {
  const { count } = await trx
    .selectFrom('recovery_codes')
    .select(sql<number | string>`count(*)`.as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Stores recovery codes in place of the existing ones, in the transaction that creates them. */
export async function insertRecoveryCodes(
  trx: Transaction<Database>,
  userId: UserId,
  hashes: readonly string[],
  createdAt: number,
): Promise<void> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  const rows = hashes.map((hash) => ({ user_id: userId, code_hash: hash, created_at: at(createdAt) }))
  await trx.insertInto('recovery_codes').values(rows).execute()
}
