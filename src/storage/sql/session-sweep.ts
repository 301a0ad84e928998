import type { Transaction } from 'kysely'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Swept } from '../../sessions/store.ts'
import type { Database } from './schema.ts'
import type { SessionEffects } from './session-effects.ts'
import { at } from './time.ts'

/** Checks the rows that are due: deletes sessions past their limits and schedules the next check of the others. */
export async function sweepSessions(
  trx: Transaction<Database>,
  { evict }: SessionEffects,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<Swept | null> {
  const due = await trx
    .selectFrom('sessions')
    .select(['id', 'user_id', 'expires_at', 'idle_expires_at'])
    .where('sweep_at', '<=', at(now))
    .orderBy('sweep_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (due.length === 0) return null
  const ended = due
    .filter((row) => row.idle_expires_at <= now || row.expires_at <= now)
    .map((row) => ({ id: row.id as SessionId, userId: row.user_id as UserId }))
  // Other processes refuse an expired session by themselves, so they are not notified.
  for (const session of ended) evict({ kind: 'session', ...session })
  if (ended.length > 0) {
    const ids = ended.map(({ id }) => id)
    await trx.deleteFrom('sessions').where('id', 'in', ids).execute()
  }
  if (due.length > ended.length) {
    await trx
      .updateTable('sessions')
      .set((eb) => ({
        sweep_at: eb
          .case()
          .when('idle_expires_at', '<', eb.ref('expires_at'))
          .then(eb.ref('idle_expires_at'))
          .else(eb.ref('expires_at'))
          .end(),
      }))
      .where(
        'id',
        'in',
        due.map(({ id }) => id),
      )
      .execute()
  }
  return {
    ended,
    mayBeMore: due.length === limit,
  }
}
