import type { Transaction } from 'kysely'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'

/**
 * Returns true if the user is enabled and no event after `epoch` revoked all their sessions. This stays true until the
 * commit.
 */
export async function isEpochCurrent(trx: Transaction<Database>, id: UserId, epoch: number): Promise<boolean> {
  const row = await trx
    .selectFrom('users')
    .select('security_epoch')
    .where('id', '=', id)
    .where('security_epoch', '=', epoch)
    .where('disabled_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row !== undefined
}
