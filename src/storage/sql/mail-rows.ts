import type { Transaction } from 'kysely'
import { DAY_MS } from '../../kernel/clock.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import { prepareInsert } from './prepared-query.ts'
import type { Database } from './schema.ts'

/** An urgent email is due this long before it exists, so that it is sent before others. No email waits longer. */
const URGENT_HEAD_START_MS = 7 * DAY_MS

const insertRows = prepareInsert('mails')

/** Writes emails to the outbox, in the transaction of the change that they announce. */
export async function insertMails(trx: Transaction<Database>, mails: readonly OutgoingMail[]): Promise<void> {
  if (mails.length === 0) return
  const rows = mails.map(({ id, userId, sealed, createdAt, isUrgent = false }) => ({
    id,
    user_id: userId,
    sealed,
    created_at: new Date(createdAt),
    next_try_at: new Date(isUrgent ? createdAt - URGENT_HEAD_START_MS : createdAt),
  }))
  await insertRows(trx, rows)
}
