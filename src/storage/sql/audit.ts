import type { Kysely, Selectable } from 'kysely'
import type { AuditQuery, AuditRecord, AuditStore } from '../../audit/store.ts'
import { PASSING_BATCH, toAuditEntry } from './audit-rows.ts'
import { createAuditSeals } from './audit-seals.ts'
import type { AuditEventsTable, Database } from './schema.ts'
import { at } from './time.ts'
import type { TransactingDatabase } from './transact.ts'

/** Creates the store of the audit log in SQL. */
export function createAuditStore({ db, reader, transact }: TransactingDatabase): AuditStore {
  return {
    async write(effects) {
      await transact(
        () => effects,
        async () => true,
      )
    },

    list: (query) => listEvents(reader, query),

    ...createAuditSeals(db, reader),
  }
}

async function listEvents(
  reader: Kysely<Database>,
  { userId, types, since, after, before, newestFirst, limit }: AuditQuery,
): Promise<AuditRecord[]> {
  let query = reader.selectFrom('audit_events').selectAll()
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  if (types !== undefined) query = query.where('type', 'in', types)
  if (since !== undefined) query = query.where('at', '>=', at(since))
  if (after !== undefined) query = query.where('id', '>', after)
  if (before !== undefined) query = query.where('id', '<', before)
  const rows = await query
    .orderBy('id', newestFirst ? 'desc' : 'asc')
    .limit(limit)
    .execute()
  return rows.map(toRecord)
}

function toRecord(row: Selectable<AuditEventsTable>): AuditRecord {
  return {
    ...toAuditEntry(row),
    detail: JSON.parse(row.detail), // an object that `insertAuditRows` wrote
    client: { ip: row.ip, userAgent: row.user_agent },
    batch: row.batch === PASSING_BATCH ? null : row.batch,
  }
}
