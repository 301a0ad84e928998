import type { SessionRef } from '../../sessions/store.ts'
import type { SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/**
 * Returns true if the session exists and has reached neither of its limits.
 * @param now milliseconds since 1970 UTC.
 */
export async function isSessionLive(
  db: SqlDatabase['reader'],
  { id, userId }: SessionRef,
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .executeTakeFirst()
  return row !== undefined
}
