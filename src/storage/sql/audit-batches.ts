import { type Kysely, type Selectable, sql } from 'kysely'
import type { ChainedRow } from '../../audit/chain.ts'
import type { AuditRow, SealedBatch } from '../../audit/store.ts'
import { toAuditEntry } from './audit-rows.ts'
import type { AuditEventsTable, AuditSealsTable, Database } from './schema.ts'

/** Rows that are read at once, besides those of one batch: older versions sealed batches of 500. */
const MAX_ROWS = 100

/** Returns up to `limit` sealed batches after a batch number, with their rows; fewer if they have many rows, but one at least. */
export async function readBatches(reader: Kysely<Database>, after: number, limit: number): Promise<SealedBatch[]> {
  const rows = await selectBatches(reader, after, limit)
  return [...Map.groupBy(rows, (row) => row.sealed_batch).values()].flatMap(toBatch)
}

/** Reads seals and their rows in one statement, and so from one snapshot: rows are sealed and deleted concurrently. */
function selectBatches(reader: Kysely<Database>, after: number, limit: number): Promise<BatchRow[]> {
  return reader
    .selectFrom('audit_seals')
    .leftJoin('audit_events', 'audit_events.batch', 'audit_seals.batch')
    .leftJoin('users', 'users.id', 'audit_events.user_id')
    .select(['audit_seals.batch as sealed_batch', 'sealed_at', 'last_event_at', 'event_count', 'rows_hash'])
    .select(['previous_hash', 'hash', 'removed_at'])
    .select(['audit_events.id', 'at', 'type', 'user_id', 'actor', 'session_id', 'request_id', 'detail'])
    .select(['ip', 'user_agent', 'personal_salt', 'personal_digest', 'users.id as owner'])
    .where('audit_seals.batch', 'in', (eb) =>
      eb
        .selectFrom((nested) =>
          nested
            .selectFrom('audit_seals as following')
            .select('following.batch')
            .select(sql<number>`sum(event_count) OVER (ORDER BY following.batch) - event_count`.as('rows_before'))
            .where('following.batch', '>', after)
            .orderBy('following.batch')
            .limit(limit)
            .as('numbered'),
        )
        .select('numbered.batch')
        .where('numbered.rows_before', '<', MAX_ROWS),
    )
    .orderBy('audit_seals.batch')
    .orderBy('audit_events.id')
    .execute() as Promise<BatchRow[]> // a seal without rows comes as one row with nulls
}

type SealRow = Omit<Selectable<AuditSealsTable>, 'batch'> & { readonly sealed_batch: number }
type EventRow = Omit<Selectable<AuditEventsTable>, 'batch'> & { readonly owner: string | null }
type BatchRow = SealRow & (EventRow | { readonly id: null })

function toBatch(rows: readonly BatchRow[]): SealedBatch[] {
  const [seal] = rows
  if (seal === undefined) return []
  const batch = {
    previousHash: seal.previous_hash,
    batch: seal.sealed_batch,
    sealedAt: seal.sealed_at,
    lastEventAt: seal.last_event_at,
    eventCount: seal.event_count,
    rowsHash: seal.rows_hash,
    hash: seal.hash,
    removedAt: seal.removed_at,
  }
  return [{ ...batch, rows: rows.flatMap((row) => (row.id === null ? [] : [toAuditRow(row)])) }]
}

function toAuditRow(row: EventRow): AuditRow {
  return {
    ...toChainedRow(row),
    ip: row.ip,
    userAgent: row.user_agent,
    personalSalt: row.personal_salt,
    hasUser: row.owner !== null,
  }
}

/** Returns the part of a row that the hash chain covers. */
export function toChainedRow(row: Omit<Selectable<AuditEventsTable>, 'batch'>): ChainedRow {
  return {
    ...toAuditEntry(row),
    detail: row.detail,
    personalDigest: row.personal_digest,
  }
}
