import type { Transaction } from 'kysely'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { Database } from './schema.ts'
import { at } from './time.ts'

/** Writes emails to the outbox, in the transaction of the change that they announce. */
export async function insertMails(trx: Transaction<Database>, mails: readonly OutgoingMail[]): Promise<void> {
  if (mails.length === 0) return
  const rows = mails.map(({ id, userId, sealed, createdAt }) => ({
    id,
    user_id: userId,
    sealed,
    created_at: at(createdAt),
    next_try_at: at(createdAt),
  }))
  await trx.insertInto('mails').values(rows).execute()
}
