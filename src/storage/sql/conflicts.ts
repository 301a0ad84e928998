import { setTimeout as sleep } from 'node:timers/promises'
import { isConflict } from './postgres-errors.ts'

const MAX_ATTEMPTS = 3
/** After this long, a conflict is reported: the caller has a deadline too. */
const RETRY_WITHIN_MS = 1_500
const MAX_PAUSE_MS = 20

/**
 * Runs work again if the database undid it because of a conflict with another transaction (SQLSTATE 40001, 40P01): the
 * same work succeeds once the other transaction is over. The work must have no effect besides its transaction.
 */
export async function retryConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isTooLate = attempt >= MAX_ATTEMPTS || performance.now() - startedAt > RETRY_WITHIN_MS
      if (isTooLate || !isConflict(error)) throw error
      await sleep(Math.random() * MAX_PAUSE_MS) // so that the same transactions do not meet again
    }
  }
}
