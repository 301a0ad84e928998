import type { Kysely, Transaction } from 'kysely'
import { MINUTE_MS } from '../../kernel/clock.ts'
import { type Change, KEEP_CHANGES_MS, type RecentChanges } from '../../sessions/store.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Rows older than this are swept; a process that was away for longer forgets its whole cache. */
const KEEP_MS = KEEP_CHANGES_MS + 10 * MINUTE_MS
/** More than these are not read one by one. */
const MAX_RECENT = 200_000

/** Tells other processes on the file, in the transaction that does it, what changed. */
export async function noteChange(trx: Transaction<Database>, change: Change): Promise<void> {
  const user_id = change.kind === 'session' ? change.userId : change.id
  const row = { kind: change.kind, subject_id: change.id, user_id, changed_at: at(Date.now()) }
  await trx.insertInto('changes').values(row).execute()
}

/** Deletes changes that every process has seen, but never the newest: its number tells whether others are missing. */
export async function sweepChanges(db: Kysely<Database>): Promise<void> {
  await db
    .deleteFrom('changes')
    .where('changed_at', '<', at(Date.now() - KEEP_MS))
    .where('seq', '<', (eb) => eb.selectFrom('changes').select((max) => max.fn.max('seq').as('newest')))
    .execute()
}

/** What changed lately, whoever did it. */
export async function readRecentChanges({ reader }: SqlDatabase): Promise<RecentChanges> {
  const now = Date.now()
  const rows = await reader
    .selectFrom('changes')
    .select('subject_id')
    .distinct()
    .where('changed_at', '>', at(now - KEEP_CHANGES_MS))
    .limit(MAX_RECENT)
    .execute()
  const isComplete = rows.length < MAX_RECENT
  return { ids: rows.map((row) => row.subject_id), completeSince: isComplete ? 0 : now }
}
