import type { Kysely, Transaction } from 'kysely'
import type { Effects } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type {
  SessionPage,
  SessionRef,
  SessionRotation,
  SessionScan,
  SessionStart,
  SessionStore,
  Swept,
} from '../../sessions/store.ts'
import { endAccessTokensOf } from './access-tokens.ts'
import { readRecentChanges } from './changes.ts'
import { toSession, toSessionRow } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { SessionEffects } from './session-effects.ts'
import { createSessionFinder } from './session-finder.ts'
import { sweepSessions } from './session-sweep.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** More rows than any user has; SQLite wants a limit before an offset. */
const NO_LIMIT = 2 ** 31 - 1

/** Sessions in SQL. */
export function createSessionStore(database: TransactingDatabase): SessionStore {
  const { db, reader, transact } = database
  return {
    changesElsewhere: database.changesElsewhere,
    lagMs: database.lagMs,
    recentChanges: () => readRecentChanges(database),

    start: (start, effectsOf) => transact(effectsOf, (trx) => insertSession(database, trx, start)),

    findByTokenHash: createSessionFinder(database),

    async findSecurityEpoch(tokenHash) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select('security_epoch')
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst()
      return row?.security_epoch ?? null
    },

    writeTouches: database.writeTouches,

    async markCookieSent({ session }, cookieSentAt) {
      const update = (light: Kysely<Database>) =>
        light
          .updateTable('sessions')
          .set({ cookie_sent_at: at(cookieSentAt) })
          .where('id', '=', session.id)
          .where('cookie_sent_at', '=', at(session.cookieSentAt))
          .executeTakeFirst()
      const { numUpdatedRows } = await database.writeLightly(update)
      return numUpdatedRows > 0n
    },

    rotate: (rotation, securityEpoch, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          if (!(await isEpochCurrent(trx, rotation.userId, securityEpoch))) return null
          return (await swapToken(database, trx, rotation)) || null
        }),
      ),

    async listByUser(userId, now) {
      const rows = await reader
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('idle_expires_at', '>', at(now))
        .where('expires_at', '>', at(now))
        .orderBy('last_seen_at', 'desc')
        .execute()
      return rows.map(toSession)
    },

    revoke: (userId, id, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => (await endSessions(database, trx, [{ id, userId }])).length > 0 || null),
      ),

    async revokeAll(userId, except, effectsOf) {
      const count = await transact(effectsOf, async (trx) => {
        await lockUser(trx, userId)
        return (await deleteSessionsOf(database, trx, userId, except)) || null
      })
      return count ?? 0
    },

    scan: (scan) => scanSessions(reader, scan),

    async revokeMany(refs, effectsOf) {
      const ended = await transact(effectsOf, async (trx) => {
        await lockUsers(trx, refs)
        const gone = await endSessions(database, trx, refs)
        return gone.length > 0 ? gone : null
      })
      return ended ?? []
    },

    sweep: async (now, limit, effectsOf) => {
      await database.sweep()
      const effectsOfEnded = ({ ended }: Swept): Effects => effectsOf(ended)
      const swept = await transact(effectsOfEnded, (trx) => sweepSessions(trx, now, limit))
      return swept ?? { ended: [], mayBeMore: false }
    },

    deleteIfExpired: ({ session: { id } }, now, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx) => {
          const { numDeletedRows } = await trx
            .deleteFrom('sessions')
            .where('id', '=', id)
            .where((eb) => eb.or([eb('idle_expires_at', '<=', at(now)), eb('expires_at', '<=', at(now))]))
            .executeTakeFirst()
          return numDeletedRows > 0n || null
        }),
      ),

    invalidateUser: (id) => db.transaction().execute((trx) => database.announce(trx, { kind: 'user', id })),
  }
}

/** What transactions about users do to sessions of the same database: all of it, at once. */
export function createSessionEffects(database: SqlDatabase): SessionEffects {
  return {
    async startFirst(trx, record, replaces) {
      if (record !== null) await trx.insertInto('sessions').values(toSessionRow(record)).execute()
      await endSessions(database, trx, replaces === null ? [] : [replaces])
    },
    rotate: (trx, rotation) => swapToken(database, trx, rotation),
    async endAll(trx, { userId, except }) {
      if (except === null) await endAccessTokensOf(trx, userId)
      const count = await deleteSessionsOf(database, trx, userId, except?.id ?? null)
      if (count === 0) await database.announce(trx, { kind: 'user', id: userId })
    },
    userChanged: (trx, userId) => database.announce(trx, { kind: 'user', id: userId }),
  }
}

async function insertSession(
  database: SqlDatabase,
  trx: Transaction<Database>,
  { record, replaces, securityEpoch, maxPerUser }: SessionStart,
): Promise<readonly SessionRef[] | null> {
  const { userId } = record.session
  if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
  const replaced = await endSessions(database, trx, replaces === null ? [] : [replaces])
  await trx.insertInto('sessions').values(toSessionRow(record)).execute()
  const surplus = await findSurplus(trx, record.session, maxPerUser)
  return [...replaced, ...(await endSessions(database, trx, surplus))]
}

/** The sessions of a user beyond the limit, those used longest ago; never the one that has just started. */
async function findSurplus(
  trx: Transaction<Database>,
  { id: newId, userId }: SessionRef,
  maxPerUser: number,
): Promise<SessionRef[]> {
  const rows = await trx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .where('id', '!=', newId)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(NO_LIMIT)
    .offset(maxPerUser - 1)
    .execute()
  return rows.map(({ id }) => ({ id: id as SessionId, userId }))
}

/** Ends sessions and tells other processes; gives those that were there. */
async function endSessions(
  { announce }: SqlDatabase,
  trx: Transaction<Database>,
  sessions: readonly SessionRef[],
): Promise<SessionRef[]> {
  const ended: SessionRef[] = []
  for (const { id, userId } of sessions) {
    const { numDeletedRows } = await trx
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    if (numDeletedRows === 0n) continue
    await announce(trx, { kind: 'session', id, userId })
    ended.push({ id, userId })
  }
  return ended
}

/** Ends all sessions of the user but one; says how many. */
async function deleteSessionsOf(
  { announce }: SqlDatabase,
  trx: Transaction<Database>,
  userId: UserId,
  except: SessionId | null,
): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .$if(except !== null, (query) => query.where('id', '!=', except as SessionId))
    .executeTakeFirst()
  if (numDeletedRows > 0n) await announce(trx, { kind: 'user', id: userId })
  return Number(numDeletedRows)
}

/** In the order of their ids, which is that of the primary key; those of one user by the index of users. */
async function scanSessions(
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

/** Swaps the token, while it still is the session's. */
async function swapToken(
  { announce }: SqlDatabase,
  trx: Transaction<Database>,
  { id, userId, oldTokenHash, newTokenHash, authenticatedAt }: SessionRotation,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ token_hash: newTokenHash, authenticated_at: at(authenticatedAt), cookie_sent_at: at(authenticatedAt) })
    .where('id', '=', id)
    .where('token_hash', '=', oldTokenHash)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await announce(trx, { kind: 'session', id, userId })
  return true
}

/** Makes transactions about one user take turns; SQLite lets only one write at a time anyway. */
async function lockUser(trx: Transaction<Database>, id: UserId): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** The same for several, in one order everywhere, so that none waits for another that waits for it. */
async function lockUsers(trx: Transaction<Database>, sessions: readonly SessionRef[]): Promise<void> {
  const ids = [...new Set(sessions.map(({ userId }) => userId))]
  await trx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute()
}
