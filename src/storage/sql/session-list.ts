import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import type { Session } from '../../kernel/principal.ts'
import type { SessionPage, SessionRef, SessionScan } from '../../sessions/store.ts'
import { toSession } from './rows.ts'
import type { SqlDatabase } from './schema.ts'
import { at } from './time.ts'

/** Reads sessions in the order of their ids, by the primary key; those of one user by the index on users. */
export async function scanSessions(
  reader: SqlDatabase['reader'],
  { userId, since, after, now, limit }: SessionScan,
): Promise<SessionPage> {
  const rows = await reader
    .selectFrom('sessions')
    .selectAll()
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .$if(userId !== null, (query) => query.where('user_id', '=', userId))
    .$if(since !== null, (query) => query.where('created_at', '>=', at(since ?? 0)))
    .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
    .limit(limit)
    .execute()
  return { sessions: rows.map(toSession), next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
}

/**
 * Returns a page of the live sessions of a user, most recently used first; null if it begins after a session that the user
 * does not have.
 */
export async function listLiveSessions(
  reader: SqlDatabase['reader'],
  { userId, now, page: { before, limit } }: LivePage,
): Promise<Session[] | null> {
  const last = before === null ? null : await findLastSeen(reader, userId, before)
  if (last === undefined) return null
  const ids = reader
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .$if(last !== null, (query) =>
      query.where((eb) => {
        const { last_seen_at, id } = last ?? { last_seen_at: 0, id: '' }
        const isOlder = eb('last_seen_at', '<', at(last_seen_at))
        return eb.or([isOlder, eb.and([eb('last_seen_at', '=', at(last_seen_at)), eb('id', '<', id)])])
      }),
    )
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  // Sorts the ids alone, which takes a third of the time for a user with thousands of sessions.
  const rows = await reader
    .selectFrom('sessions')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toSession)
}

/** A page of the live sessions of a user. */
export interface LivePage {
  readonly userId: UserId
  readonly now: number
  readonly page: Page<SessionId>
}

async function findLastSeen(
  reader: SqlDatabase['reader'],
  userId: UserId,
  id: SessionId,
): Promise<{ readonly id: string; readonly last_seen_at: number } | undefined> {
  return reader
    .selectFrom('sessions')
    .select(['id', 'last_seen_at'])
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
}

/** Returns true if this session exists and has not expired at `now`. */
export async function isSessionLive(reader: SqlDatabase['reader'], session: SessionRef, now: number): Promise<boolean> {
  return (await findLiveSessions(reader, [session], now)).has(session.id)
}

/** Returns which of these sessions exist and have not expired at `now`. */
export async function findLiveSessions(
  reader: SqlDatabase['reader'],
  sessions: readonly SessionRef[],
  now: number,
): Promise<ReadonlySet<SessionId>> {
  const rows = await reader
    .selectFrom('sessions')
    .select(['id', 'user_id'])
    .where(
      'id',
      'in',
      sessions.map(({ id }) => id),
    )
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .execute()
  const owners = new Map(rows.map((row) => [row.id, row.user_id]))
  return new Set(sessions.flatMap(({ id, userId }) => (owners.get(id) === userId ? [id] : [])))
}
