import type { Transaction } from 'kysely'
import type { Effects, EffectsOf } from '../../kernel/effects.ts'
import { insertAuditRows } from './audit-rows.ts'
import { insertMails } from './mail-rows.ts'
import type { Database, SqlDatabase } from './schema.ts'

/**
 * Runs a transaction. What is told of its outcome is written in it, and passed on after the commit. When the work gives
 * null nothing happened: it rolls back.
 */
export type Transact = <Outcome>(
  effectsOf: EffectsOf<Outcome>,
  work: (trx: Transaction<Database>) => Promise<Outcome | null>,
) => Promise<Outcome | null>

/** A database whose transactions tell what they did. */
export interface TransactingDatabase extends SqlDatabase {
  readonly transact: Transact
}

/** Makes a database tell. */
export function createTransactingDatabase(
  database: SqlDatabase,
  onEffects: (effects: Effects) => void,
): TransactingDatabase {
  return {
    ...database,
    async transact(effectsOf, work) {
      try {
        const { outcome, effects } = await database.db.transaction().execute(async (trx) => {
          const outcome = await work(trx)
          if (outcome === null) throw new NothingHappened()
          const effects = effectsOf(outcome)
          await insertAuditRows(trx, effects.events)
          await insertMails(trx, effects.mails ?? [])
          return { outcome, effects }
        })
        onEffects(effects)
        return outcome
      } catch (error) {
        if (error instanceof NothingHappened) return null
        throw error
      }
    },
  }
}

/** Rolls a transaction back. */
class NothingHappened extends Error {}

/** Whether a transaction did something. */
export async function isDone(outcome: Promise<true | null>): Promise<boolean> {
  return (await outcome) !== null
}
