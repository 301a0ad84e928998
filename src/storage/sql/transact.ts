import type { Transaction } from 'kysely'
import type { Tell, Told } from '../../audit/tell.ts'
import { insertAuditRows } from './audit-rows.ts'
import { insertMails } from './mail-rows.ts'
import type { Database, SqlDatabase } from './schema.ts'

/** Runs a transaction; when something happened, what is told of it is written in it and passed on after the commit. */
export type Transact = <Outcome>(
  tell: Tell<Outcome>,
  work: (trx: Transaction<Database>) => Promise<Outcome | null>,
) => Promise<Outcome | null>

/** A database whose transactions tell what they did. */
export interface TellingDatabase extends SqlDatabase {
  /** Null, and nothing told, when the work gave null. What the work throws rolls back. */
  readonly transact: Transact
}

/** Makes a database tell. */
export function createTellingDatabase(database: SqlDatabase, onTold: (told: Told) => void): TellingDatabase {
  return {
    ...database,
    async transact(tell, work) {
      let told: Told | undefined
      const outcome = await database.db.transaction().execute(async (trx) => {
        const result = await work(trx)
        if (result === null) return null
        told = tell(result)
        await insertAuditRows(trx, told.events)
        await insertMails(trx, told.mails ?? [])
        return result
      })
      if (told !== undefined) onTold(told)
      return outcome
    },
  }
}

/** Whether a transaction did something. */
export async function isDone(outcome: Promise<true | null>): Promise<boolean> {
  return (await outcome) !== null
}
