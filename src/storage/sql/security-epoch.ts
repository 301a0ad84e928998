import type { Transaction } from 'kysely'
import type { UserId } from '../../kernel/ids.ts'
import type { Database } from './schema.ts'

/** True while the user is enabled and no event since `epoch` has ended all their sessions; holds until the commit. */
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
