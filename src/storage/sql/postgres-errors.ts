/* The errors of PostgreSQL, by SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { Refusal } from '../../kernel/refusal.ts'
import { sqlState } from './errors.ts'

/** States of a server that cannot be reached, has no resources, or is shutting down. */
const SILENT = /^(?:08|53|57|58)/
/**
 * States of a server that answers, but cannot do our work now: read-only (25006; 0A000 for `BEGIN READ WRITE` on a
 * standby), a transaction that waited or lasted too long (25P03, 25P04), conflicts and locks (40001, 40P01, 55P03), a lost
 * role, database, privilege or prepared statement (28, 3D000, 42501, 26000), and internal errors (XX).
 */
const UNWILLING = /^(?:25006|25P03|25P04|0A000|40001|40P01|55P03|28|3D000|42501|26000|XX)/
/**
 * States that concern only the data or the statement, so that the connection remains usable: data, constraints,
 * rollbacks, locks, and a cancelled statement. After any other state another connection may do better.
 */
const ABOUT_THE_DATA = /^(?:22|23|40|55P03|57014)/
const CONFLICT = /^(?:40001|40P01)$/
/** The statement is not prepared on this connection, or a migration changed its columns. */
const STATEMENT_LOST = /^(?:26000|0A000)$/
/** Errors of this program. The driver reports its own errors, and those of the system, as plain errors. */
const BUGS = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Returns true if the connection of a failed query can be used again. */
export function isConnectionKept(error: unknown): boolean {
  const state = sqlState(error)
  return state !== null && ABOUT_THE_DATA.test(state)
}

/** Returns true if the database undid a transaction because of another one. */
export function isConflict(error: unknown): boolean {
  return CONFLICT.test(sqlState(causeOf(error)) ?? '')
}

/** Returns true if a prepared statement must be prepared again. */
export function isStatementLost(error: unknown): boolean {
  return STATEMENT_LOST.test(sqlState(causeOf(error)) ?? '')
}

/**
 * Returns the refusal `unavailable` if the database cannot do the work now; returns any other error unchanged. The reason,
 * which only the operator sees, contains the state and the message.
 */
export function toUnavailable(error: unknown): unknown {
  if (error instanceof Refusal) return error
  const state = sqlState(error)
  // An error without a state does not come from the server: the connection failed, the deadline passed, or it is a bug.
  const isBug = state === null && BUGS.some((each) => error instanceof each)
  if (isBug || (state !== null && !SILENT.test(state) && !UNWILLING.test(state))) return error
  const isSilent = state === null || SILENT.test(state)
  return new Refusal('unavailable', {
    detail: isSilent ? 'The database does not answer.' : 'The database cannot do this now.',
    retryAfterSeconds: 1,
    reason: `PostgreSQL: ${state ?? ''} ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  })
}

function causeOf(error: unknown): unknown {
  return error instanceof Refusal ? error.cause : error
}
