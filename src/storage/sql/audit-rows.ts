import { randomBytes } from 'node:crypto'
import type { Selectable, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { digestPersonal } from '../../audit/chain.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import type { StampedEvent } from '../../kernel/event.ts'
import { type PlainRow, prepareInsert } from './prepared-query.ts'
import type { AuditEventsTable, Database } from './schema.ts'

/** Rows in one statement; SQLite and PostgreSQL limit the number of values in one. */
const ROWS_AT_ONCE = 100

const insertRows = prepareInsert('audit_events')

/** Writes events as audit rows, in the transaction in which they happen. */
export async function insertAuditRows(trx: Transaction<Database>, events: readonly StampedEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += ROWS_AT_ONCE) {
    const rows = events.slice(start, start + ROWS_AT_ONCE).map(toRow)
    await insertRows(trx, rows)
  }
}

/** Returns the entry of the audit log in a row. */
export function toAuditEntry(row: Omit<Selectable<AuditEventsTable>, 'batch'>): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    type: row.type,
    userId: row.user_id,
    actor: row.actor,
    sessionId: row.session_id,
    requestId: row.request_id,
  }
}

/**
 * The batch of passing events, such as a login with an unknown email address: a client caused them, they are about no user, and
 * nothing changed. They are never sealed and stay for a day (CWE-770): otherwise each request would leave a row for a year,
 * also requests of a caller who is logged in. Batches count from 1.
 */
export const PASSING_BATCH = 0
/** Events about the service itself, such as an app that registered. They are about no user either, and stay. */
const ABOUT_THE_SERVICE = /^(?:oauth_client|signing_keys|invitation)\./

/** Values of the erased personal columns. Only the digest stays, which reveals nothing without the salt. */
export const NOTHING_PERSONAL = { ip: null, user_agent: null, personal_salt: null } as const

function toRow(event: StampedEvent): PlainRow<'audit_events'> {
  const { at: happenedAt, actor, requestId, client, type, userId, ...rest } = event
  const { sessionId = null, ...detail } = { sessionId: undefined, ...rest }
  // No personal data of a deleted user is kept, and this row is written after the rest was erased.
  const { ip = null, userAgent: user_agent = null } = (type === 'user.deleted' ? null : client) ?? {}
  const personal_salt = randomBytes(16).toString('base64url')
  return {
    id: uuidv7(),
    at: new Date(happenedAt),
    type,
    user_id: userId,
    actor,
    session_id: sessionId,
    request_id: requestId,
    detail: JSON.stringify(detail),
    ip,
    user_agent,
    personal_salt,
    personal_digest: digestPersonal(personal_salt, ip, user_agent),
    batch: userId === null && client !== null && !ABOUT_THE_SERVICE.test(type) ? PASSING_BATCH : null,
  }
}
