import type { Transaction } from 'kysely'
import type { Effects, EffectsOf } from '../../kernel/effects.ts'
import type { Change } from '../../sessions/store.ts'
import { insertAuditRows } from './audit-rows.ts'
import { insertMails } from './mail-rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import type { SessionEffects, SessionEffectsFactory } from './session-effects.ts'

type Work<Outcome> = (trx: Transaction<Database>, sessions: SessionEffects) => Promise<Outcome | null>

/**
 * Runs a transaction. It writes the effects, and passes them on after the commit. If the work returns null, nothing
 * happened and the transaction rolls back. The work runs again if another transaction was in the way, so it must have no
 * other effect. Resolves after the changes of the transaction took effect in this process.
 */
export type Transact = <Outcome>(effectsOf: EffectsOf<Outcome>, work: Work<Outcome>) => Promise<Outcome | null>

/** A database whose transactions pass on their effects. */
export interface TransactingDatabase extends SqlDatabase {
  readonly transact: Transact
}

/** Functions that run around each transaction. */
export interface TransactionHooks {
  /** Binds the session effects to a transaction. */
  readonly bindSessions: SessionEffectsFactory
  /** Receives the effects of a transaction that committed. */
  readonly onEffects: (effects: Effects) => void
  /**
   * Runs once after a transaction with changes; the caller of the transaction waits for it. It runs after a commit, and
   * after a rollback because nothing happened: then another process may have made the change and may be about to apply
   * it.
   */
  readonly afterCommit: (changes: readonly Change[]) => Promise<void>
  /**
   * Runs instead of `afterCommit` after a transaction that failed. The transaction may be committed: its reply can get
   * lost.
   */
  readonly onFailure: (changes: readonly Change[]) => void
}

/** Creates a database whose transactions pass on their effects. */
export function createTransactingDatabase(database: SqlDatabase, hooks: TransactionHooks): TransactingDatabase {
  const { bindSessions, onEffects, afterCommit, onFailure } = hooks
  return {
    ...database,
    async transact(effectsOf, work) {
      const changes = new Map<string, Change>()
      const evict = (subject: Change): void => void changes.set(subject.id, subject)
      const run = database.retry(() =>
        runTransaction(database, effectsOf, (trx) => work(trx, bindSessions(trx, evict))),
      )
      // Also if nothing happened: the reason may be a transaction that is not on the disk yet.
      const done = await run.finally(database.flush).catch((error: unknown) => {
        onFailure([...changes.values()])
        throw error
      })
      if (done !== null) onEffects(done.effects)
      if (changes.size > 0) await afterCommit([...changes.values()])
      return done === null ? null : done.outcome
    },
  }
}

/** Returns null if nothing happened. */
async function runTransaction<Outcome>(
  { writeLightly }: SqlDatabase,
  effectsOf: EffectsOf<Outcome>,
  work: (trx: Transaction<Database>) => Promise<Outcome | null>,
): Promise<{ readonly outcome: Outcome; readonly effects: Effects } | null> {
  try {
    return await writeLightly((db) =>
      db.transaction().execute(async (trx) => {
        const outcome = await work(trx)
        if (outcome === null) throw new NothingHappened()
        const effects = effectsOf(outcome)
        await insertAuditRows(trx, effects.events)
        await insertMails(trx, effects.mails ?? [])
        return { outcome, effects }
      }),
    )
  } catch (error) {
    if (error instanceof NothingHappened) return null
    throw error
  }
}

/** Rolls a transaction back. */
class NothingHappened extends Error {}

/** Returns true if a transaction did something. */
export async function isDone(outcome: Promise<true | null>): Promise<boolean> {
  return (await outcome) !== null
}
