import type { Transaction } from 'kysely'
import type { Tell, Told } from '../../audit/tell.ts'
import { insertAuditRows } from './audit-rows.ts'
import { insertMails } from './mail-rows.ts'
import type { Database, SqlDatabase } from './schema.ts'

/**
 * Runs a transaction. What is told of its outcome is written in it, and passed on after the commit. When the work gives
 * null nothing happened: it rolls back.
 */
export type Transact = <Outcome>(
  tell: Tell<Outcome>,
  work: (trx: Transaction<Database>) => Promise<Outcome | null>,
) => Promise<Outcome | null>

/** A database whose transactions tell what they did. */
export interface TellingDatabase extends SqlDatabase {
  readonly transact: Transact
}

/** Makes a database tell. */
export function createTellingDatabase(database: SqlDatabase, onTold: (told: Told) => void): TellingDatabase {
  return {
    ...database,
    async transact(tell, work) {
      try {
        const { outcome, told } = await database.db.transaction().execute(async (trx) => {
          const outcome = await work(trx)
          if (outcome === null) throw new NothingHappened()
          const told = tell(outcome)
          await insertAuditRows(trx, told.events)
          await insertMails(trx, told.mails ?? [])
          return { outcome, told }
        })
        onTold(told)
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
