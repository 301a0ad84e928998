import type { Selectable, Transaction } from 'kysely'
import type { ConfirmOutcome, TotpConfirmation, TotpRecord, TotpStore } from '../../factors/totp/store.ts'
import type { UserId } from '../../kernel/ids.ts'
import { insertRecoveryCodes } from './recovery-codes.ts'
import type { Database, TotpTable } from './schema.ts'
import { endFactorCompanions, lacksMethods } from './second-factors.ts'
import { isEpochCurrent } from './security-epoch.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** Creates the store of TOTP secrets in SQL. */
export function createTotpStore({ db, reader, transact }: TransactingDatabase): TotpStore {
  return {
    async find(userId) {
      const row = await reader.selectFrom('totp').selectAll().where('user_id', '=', userId).executeTakeFirst()
      return row === undefined ? null : toRecord(row)
    },

    async begin({ userId, sealedSecret, createdAt }) {
      const pending = { sealed_secret: sealedSecret, created_at: at(createdAt), last_step: 0 }
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('totp')
        .values({ ...pending, user_id: userId, confirmed_at: null, last_used_at: null })
        .onConflict((conflict) =>
          conflict.column('user_id').doUpdateSet(pending).where('totp.confirmed_at', 'is', null),
        )
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },

    async confirm(confirmation, effectsOf) {
      let outcome: ConfirmOutcome = 'gone'
      await transact(effectsOf, async (trx) => {
        outcome = await confirmSecret(trx, confirmation)
        return outcome === 'done' ? outcome : null
      })
      return outcome
    },

    async useStep(userId, step, now) {
      const { numUpdatedRows } = await db
        .updateTable('totp')
        .set({ last_step: step, last_used_at: at(now) })
        .where('user_id', '=', userId)
        .where('confirmed_at', 'is not', null)
        .where('last_step', '<', step)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    remove: ({ userId, securityEpoch }, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
          const { numDeletedRows } = await trx
            .deleteFrom('totp')
            .where('user_id', '=', userId)
            .where('confirmed_at', 'is not', null)
            .executeTakeFirst()
          if (numDeletedRows === 0n) return null
          await endFactorCompanions(trx, userId)
          return true
        }),
      ),
  }
}

async function confirmSecret(
  trx: Transaction<Database>,
  { owner: { userId, securityEpoch }, sealedSecret, step, confirmedAt, codeHashes, mustLack }: TotpConfirmation,
): Promise<ConfirmOutcome> {
  if (!(await isEpochCurrent(trx, userId, securityEpoch))) return 'gone'
  if (!(await lacksMethods(trx, userId, mustLack))) return 'not_first'
  const { numUpdatedRows } = await trx
    .updateTable('totp')
    .set({ confirmed_at: at(confirmedAt), last_step: step, last_used_at: at(confirmedAt) })
    .where('user_id', '=', userId)
    .where('sealed_secret', '=', sealedSecret)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return 'gone'
  await insertRecoveryCodes(trx, userId, codeHashes, confirmedAt)
  return 'done'
}

function toRecord(row: Selectable<TotpTable>): TotpRecord {
  return {
    userId: row.user_id as UserId,
    sealedSecret: row.sealed_secret,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    lastStep: row.last_step,
    lastUsedAt: row.last_used_at,
  }
}
