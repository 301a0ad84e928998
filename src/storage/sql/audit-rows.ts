import { createHash, randomBytes } from 'node:crypto'
import type { InsertObject, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { NotedEvent } from '../../kernel/event.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/** Writes events as rows of the transaction in which they happen. */
export async function insertAuditRows(trx: Transaction<Database>, events: readonly NotedEvent[]): Promise<void> {
  if (events.length === 0) return
  await trx.insertInto('audit_events').values(events.map(toRow)).execute()
}

function toRow(event: NotedEvent): InsertObject<Database, 'audit_events'> {
  const { at: happenedAt, actor, requestId, client, type, userId, ...rest } = event
  const { sessionId = null, ...detail } = { sessionId: undefined, ...rest }
  const ip = client?.ip ?? null
  const user_agent = client?.userAgent ?? null
  const personal_salt = randomBytes(16).toString('base64url')
  return {
    id: uuidv7(),
    at: at(happenedAt),
    type,
    user_id: userId,
    actor,
    session_id: sessionId,
    request_id: requestId,
    detail: JSON.stringify(detail),
    ip,
    user_agent,
    personal_salt,
    personal_digest: createHash('sha256')
      .update(JSON.stringify([personal_salt, ip, user_agent]))
      .digest('base64url'),
    batch: null,
  }
}
