import type { Transaction } from 'kysely'
import type { UserId } from '../../kernel/ids.ts'
import { prepareQuery, type SlotOf } from './prepared-query.ts'
import type { Database } from './schema.ts'

/**
 * Returns true if the user is enabled and no event after `epoch` revoked all their sessions. This stays true until the
 * commit.
 */
export async function isEpochCurrent(trx: Transaction<Database>, id: UserId, epoch: number): Promise<boolean> {
  const { rows } = await lockIfCurrent(trx, { id, epoch })
  return rows.length > 0
}

const lockIfCurrent = prepareQuery((db, slot: SlotOf<{ readonly id: UserId; readonly epoch: number }>) =>
  db
    .selectFrom('users')
    .select('security_epoch')
    .where('id', '=', slot('id'))
    .where('security_epoch', '=', slot('epoch'))
    .where('disabled_at', 'is', null)
    .forNoKeyUpdate(),
)
