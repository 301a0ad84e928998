/*
 * Sealing in SQL. Each row stores the number of its batch. A batch cannot be "everything up to this id": transactions
 * do not commit in the order of their ids, so the rows up to an id can change later. Of several nodes, one seals: in
 * SQLite the write lock ensures this; in PostgreSQL each node skips rows that another has locked, and the primary key
 * lets only one of two seals with the same number commit.
 */
import type { InsertObject, Kysely, Transaction } from 'kysely'
import { FIRST_PREVIOUS_HASH, hashRows, hashSeal, type SealContent } from '../../audit/chain.ts'
import type { AuditStore } from '../../audit/store.ts'
import { BATCH } from '../../kernel/in-batches.ts'
import { readBatches, toChainedRow } from './audit-batches.ts'
import { NOTHING_PERSONAL, PASSING_BATCH } from './audit-rows.ts'
import { isUniqueViolation } from './errors.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/** The methods of `AuditStore` that deal with seals. */
export type AuditSeals = Omit<AuditStore, 'write' | 'list'>

/** Creates the methods of `AuditStore` that deal with seals. */
export function createAuditSeals(db: Kysely<Database>, reader: Kysely<Database>): AuditSeals {
  return {
    async seal(now, limit) {
      const [waiting] = await reader
        .selectFrom('audit_events')
        .select('id')
        .where('batch', 'is', null)
        .limit(1)
        .execute()
      if (waiting === undefined) return 0
      try {
        return await db.transaction().execute((trx) => sealRows(trx, now, limit))
      } catch (error) {
        if (isUniqueViolation(error)) return 0 // another node was faster; these rows are sealed next time
        throw error
      }
    },

    readBatches: (after, limit) => readBatches(reader, after, limit),

    async countUnsealed() {
      const { count } = await reader
        .selectFrom('audit_events')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('batch', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    findBatchesWithoutSeal: () => findBatchesWithoutSeal(reader),

    async removePassing(before, limit) {
      const oldest = await reader
        .selectFrom('audit_events')
        .select(['id', 'at'])
        .where('batch', '=', PASSING_BATCH)
        .orderBy('id')
        .limit(limit)
        .execute()
      const ids = oldest.filter((row) => row.at < before).map(({ id }) => id)
      if (ids.length > 0) await db.deleteFrom('audit_events').where('id', 'in', ids).execute()
      return ids.length
    },

    removeOldestBatch: ({ before, now }) => db.transaction().execute((trx) => removeOldest(trx, before, now)),
  }
}

/** Reads the numbers of the batches that rows refer to, page by page, and looks for the seal of each. */
async function findBatchesWithoutSeal(reader: Kysely<Database>): Promise<number[]> {
  const missing: number[] = []
  for (let after = PASSING_BATCH; ; ) {
    const rows: { readonly batch: number | null }[] = await reader
      .selectFrom('audit_events')
      .select('batch')
      .where('batch', '>', after)
      .groupBy('batch')
      .orderBy('batch')
      .limit(BATCH)
      .execute()
    const numbers = rows.flatMap(({ batch }) => (batch === null ? [] : [batch]))
    const last = numbers.at(-1)
    if (last === undefined) return missing
    const seals = await reader.selectFrom('audit_seals').select('batch').where('batch', 'in', numbers).execute()
    const sealed = new Set(seals.map(({ batch }) => batch))
    missing.push(...numbers.filter((batch) => !sealed.has(batch)))
    after = last
  }
}

async function sealRows(trx: Transaction<Database>, now: number, limit: number): Promise<number> {
  // Reads the last seal before the unsealed rows: in the opposite order a row could be sealed twice.
  const last = await trx
    .selectFrom('audit_seals')
    .select(['batch', 'hash'])
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  const found = await trx
    .selectFrom('audit_events')
    .selectAll()
    .where('batch', 'is', null)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (found.length === 0) return 0
  const content = {
    previousHash: last?.hash ?? FIRST_PREVIOUS_HASH,
    batch: (last?.batch ?? 0) + 1,
    sealedAt: now,
    lastEventAt: Math.max(...found.map((row) => row.at)),
    eventCount: found.length,
    rowsHash: hashRows(found.map(toChainedRow)),
  }
  await trx
    .insertInto('audit_seals')
    .values(toSealRow({ ...content, hash: hashSeal(content) }))
    .execute()
  const ids = found.map(({ id }) => id)
  await trx.updateTable('audit_events').set({ batch: content.batch }).where('id', 'in', ids).execute()
  await eraseOfUsersGone(trx, content.batch)
  return found.length
}

/**
 * Erases personal data in events about deleted users. An event written during a deletion misses the erasure of the
 * others.
 */
async function eraseOfUsersGone(trx: Transaction<Database>, batch: number): Promise<void> {
  await trx
    .updateTable('audit_events')
    .set(NOTHING_PERSONAL)
    .where('batch', '=', batch)
    .where('personal_salt', 'is not', null)
    .where('user_id', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('users').select('users.id').whereRef('users.id', '=', 'audit_events.user_id'))),
    )
    .execute()
}

async function removeOldest(trx: Transaction<Database>, before: number, now: number): Promise<boolean> {
  const oldest = await trx
    .selectFrom('audit_seals')
    .select(['batch', 'last_event_at'])
    .where('removed_at', 'is', null)
    .where('batch', '=', (eb) =>
      eb
        .selectFrom('audit_events')
        .select(({ fn }) => fn.min('batch').as('batch'))
        .where('batch', '>', PASSING_BATCH),
    )
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (oldest === undefined || oldest.last_event_at >= before) return false
  await trx.deleteFrom('audit_events').where('batch', '=', oldest.batch).execute()
  await trx
    .updateTable('audit_seals')
    .set({ removed_at: at(now) })
    .where('batch', '=', oldest.batch)
    .execute()
  return true
}

function toSealRow(seal: SealContent & { readonly hash: string }): InsertObject<Database, 'audit_seals'> {
  return {
    batch: seal.batch,
    sealed_at: at(seal.sealedAt),
    last_event_at: at(seal.lastEventAt),
    event_count: seal.eventCount,
    rows_hash: seal.rowsHash,
    previous_hash: seal.previousHash,
    hash: seal.hash,
    removed_at: null,
  }
}
