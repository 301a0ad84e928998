import type { Kysely, Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import { type Effects, type EffectsOf, onlyEvents } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Session } from '../../kernel/principal.ts'
import type { SessionPage, SessionRef, SessionScan, SessionStart, SessionStore, Swept } from '../../sessions/store.ts'
import { readRecentChanges } from './changes.ts'
import { endSessions, endSessionsOf } from './direct-session-effects.ts'
import { lockUser, lockUsers } from './lock-users.ts'
import { useUpAttempt } from './login-attempts.ts'
import { endEmailChangesOf } from './one-time-tokens.ts'
import { toSession, toSessionRow } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { SessionEffects } from './session-effects.ts'
import { createSessionFinder } from './session-finder.ts'
import { sweepSessions } from './session-sweep.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/** More rows than any user has; SQLite requires a limit before an offset. */
const NO_LIMIT = 2 ** 31 - 1

/** Creates the store of sessions in SQL. */
export function createSessionStore(database: TransactingDatabase): SessionStore {
  const { db, reader, transact } = database
  return {
    changesElsewhere: database.changesElsewhere,
    lagMs: database.lagMs,
    recentChanges: () => readRecentChanges(database),

    start: (start, effectsOf) => transact(effectsOf, (trx, sessions) => insertSession(trx, sessions, start)),

    findByTokenHash: createSessionFinder(database),

    findSecurityEpoch: (tokenHash) => findSecurityEpoch(db, tokenHash),

    writeTouches: database.writeTouches,

    markCookieSent: (found, cookieSentAt) => markCookieSent(database, found.session, cookieSentAt),

    rotate: (rotation, securityEpoch, effectsOf) =>
      isDone(
        transact(effectsOf, async (trx, sessions) => {
          const { id, userId } = rotation
          sessions.evict({ kind: 'session', id, userId })
          if (!(await isEpochCurrent(trx, userId, securityEpoch))) return null
          return (await sessions.rotate(rotation)) || null
        }),
      ),

    isLive: (session, now) => isLive(reader, session, now),

    listByUser: (userId, now) => listLiveSessions(reader, userId, now),

    revoke: (userId, id, effectsOf) =>
      isDone(
        transact(
          effectsOf,
          async (trx, sessions) => (await endSessions(trx, sessions, [{ id, userId }])).length > 0 || null,
        ),
      ),

    revokeAll: (userId, except, effectsOf) => revokeAll(database, { userId, except }, effectsOf),

    scan: (scan) => scanSessions(reader, scan),

    async revokeMany(refs, effectsOf) {
      const ended = await transact(effectsOf, async (trx, sessions) => {
        await lockUsers(trx, refs)
        const gone = await endSessions(trx, sessions, refs)
        return gone.length > 0 ? gone : null
      })
      return ended ?? []
    },

    sweep: async (now, limit, effectsOf) => {
      await database.sweep()
      const effectsOfEnded = ({ ended }: Swept): Effects => effectsOf(ended)
      const swept = await transact(effectsOfEnded, (trx, sessions) => sweepSessions(trx, sessions, { now, limit }))
      return swept ?? { ended: [], mayBeMore: false }
    },

    deleteIfExpired: ({ session }, now, effectsOf) =>
      isDone(transact(effectsOf, (trx, sessions) => deleteIfExpired(trx, sessions, { session, now }))),

    async invalidateUser(id) {
      await transact(onlyEvents(), async (_, sessions) => {
        await sessions.userChanged(id)
        return true
      })
    },
  }
}

async function insertSession(
  trx: Transaction<Database>,
  sessions: SessionEffects,
  start: SessionStart,
): Promise<readonly SessionRef[] | null> {
  const { record, replaces, securityEpoch, maxPerUser } = start
  if (!(await isEpochCurrent(trx, record.session.userId, securityEpoch))) return null
  if (!(await useUpAttempt(trx, start))) return null
  const replaced = await endSessions(trx, sessions, replaces === null ? [] : [replaces])
  await trx.insertInto('sessions').values(toSessionRow(record)).execute()
  const surplus = await findSurplus(trx, record.session, maxPerUser)
  return [...replaced, ...(await endSessions(trx, sessions, surplus))]
}

/** Returns the user's sessions beyond the limit, least recently used; never the one that has just started. */
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

/** Reads sessions in the order of their ids, by the primary key; those of one user by the index on users. */
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

async function findSecurityEpoch(db: SqlDatabase['db'], tokenHash: TokenHash): Promise<number | null> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select('security_epoch')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return row?.security_epoch ?? null
}

/** Only one of several requests that renew the cookie at the same time gets true. */
async function markCookieSent(database: TransactingDatabase, session: Session, cookieSentAt: number): Promise<boolean> {
  const update = (light: Kysely<Database>) =>
    light
      .updateTable('sessions')
      .set({ cookie_sent_at: at(cookieSentAt) })
      .where('id', '=', session.id)
      .where('cookie_sent_at', '=', at(session.cookieSentAt))
      .executeTakeFirst()
  const { numUpdatedRows } = await database.writeLightly(update)
  return numUpdatedRows > 0n
}

/** Ends the pending changes of the email address in the same transaction. */
async function revokeAll(
  { transact }: TransactingDatabase,
  { userId, except }: { readonly userId: UserId; readonly except: SessionId | null },
  effectsOf: EffectsOf<number>,
): Promise<number> {
  const done = await transact(
    ({ count }: { readonly count: number }) => effectsOf(count),
    async (trx, sessions) => {
      await lockUser(trx, userId)
      const emailChanges = await endEmailChangesOf(trx, userId)
      const count = await endSessionsOf(trx, sessions, { userId, except })
      return count + emailChanges > 0 ? { count } : null
    },
  )
  return done?.count ?? 0
}

async function isLive(reader: SqlDatabase['reader'], { id, userId }: SessionRef, now: number): Promise<boolean> {
  const row = await reader
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .executeTakeFirst()
  return row !== undefined
}

async function listLiveSessions(reader: SqlDatabase['reader'], userId: UserId, now: number): Promise<Session[]> {
  const rows = await reader
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('idle_expires_at', '>', at(now))
    .where('expires_at', '>', at(now))
    .orderBy('last_seen_at', 'desc')
    .execute()
  return rows.map(toSession)
}

async function deleteIfExpired(
  trx: Transaction<Database>,
  { evict }: SessionEffects,
  { session: { id, userId }, now }: { readonly session: Session; readonly now: number },
): Promise<true | null> {
  evict({ kind: 'session', id, userId })
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('id', '=', id)
    .where((eb) => eb.or([eb('idle_expires_at', '<=', at(now)), eb('expires_at', '<=', at(now))]))
    .executeTakeFirst()
  return numDeletedRows > 0n ? true : null
}
