import type { Kysely, Transaction } from 'kysely'
import { MINUTE_MS } from '../../kernel/clock.ts'
import { inBatches } from '../../kernel/in-batches.ts'
import { type Change, KEEP_CHANGES_MS, type RecentChanges } from '../../sessions/store.ts'
import { prepareInsert } from './prepared-query.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Older rows are swept; a process that was away for longer clears its whole cache. */
const KEEP_MS = KEEP_CHANGES_MS + 10 * MINUTE_MS
/** Above this number, changes are not read one by one. */
const MAX_RECENT = 200_000

const insertChanges = prepareInsert('changes')

/** Announces a change to other processes on the file, in the transaction that makes the change. */
export async function noteChange(trx: Transaction<Database>, change: Change): Promise<void> {
  const user_id = change.kind === 'session' ? change.userId : change.id
  const row = { kind: change.kind, subject_id: change.id, user_id, changed_at: new Date() }
  await insertChanges(trx, [row])
}

/** Deletes changes that every process has seen. Keeps the newest: its number shows whether changes are missing. */
export async function sweepChanges(db: Kysely<Database>): Promise<void> {
  await inBatches(async (limit) => {
    const { numDeletedRows } = await db
      .deleteFrom('changes')
      // Only the oldest rows are looked at: rows are numbered in the order of their times.
      .where('seq', 'in', (eb) => eb.selectFrom('changes').select('seq').orderBy('seq').limit(limit))
      .where('changed_at', '<', at(Date.now() - KEEP_MS))
      .where('seq', '<', (eb) => eb.selectFrom('changes').select((max) => max.fn.max('seq').as('newest')))
      .executeTakeFirst()
    return Number(numDeletedRows)
  })
}

/** Returns the recent changes of all processes. */
export async function readRecentChanges({ reader }: SqlDatabase): Promise<RecentChanges> {
  const now = Date.now()
  const rows = await reader
    .selectFrom('changes')
    .select(['kind', 'subject_id'])
    .distinct()
    .where('changed_at', '>', at(now - KEEP_CHANGES_MS))
    .limit(MAX_RECENT)
    .execute()
  const isComplete = rows.length < MAX_RECENT && rows.every(isKnownKind)
  return { ids: rows.map((row) => row.subject_id), completeSince: isComplete ? 0 : now }
}

/** Returns false for a change that only a newer release, on the same database, can read. */
export function isKnownKind({ kind }: { readonly kind: string }): boolean {
  return kind === 'session' || kind === 'user'
}
