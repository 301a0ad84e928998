import type { Kysely, Transaction } from 'kysely'
import type { TokenHash } from '../../crypto/token.ts'
import { type Effects, type EffectsOf, onlyEvents } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import { BATCH } from '../../kernel/in-batches.ts'
import type { Session } from '../../kernel/principal.ts'
import type { SessionRef, SessionStart, SessionStore, Swept } from '../../sessions/store.ts'
import { readRecentChanges } from './changes.ts'
import { endSessions, endSessionsOf, MAX_ENDED_AT_ONCE } from './direct-session-effects.ts'
import { lockUser, lockUsers } from './lock-users.ts'
import { useUpAttempt } from './login-attempts.ts'
import { endEmailChangesOf } from './one-time-tokens.ts'
import { type PlainRow, prepareQuery, type SlotOf } from './prepared-query.ts'
import { SESSION_COLUMNS, toSessionRow } from './rows.ts'
import type { Database, SqlDatabase } from './schema.ts'
import { isEpochCurrent } from './security-epoch.ts'
import type { SessionEffects } from './session-effects.ts'
import { createSessionFinder } from './session-finder.ts'
import { findLiveSessions, isSessionLive, listLiveSessions, scanSessions } from './session-list.ts'
import { sweepSessions } from './session-sweep.ts'
import { at } from './time.ts'
import { isDone, type TransactingDatabase } from './transact.ts'

/**
 * Sessions of one user that other transactions may start while one waits for them: `others` of `insertIfCurrent` lacks them. Each has a
 * connection to the database, so there are fewer.
 */
const MAX_AT_ONCE = 50
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

    isLive: (session, now) => isSessionLive(reader, session, now),

    findLive: (sessions, now) => findLiveSessions(reader, sessions, now),

    listByUser: (userId, now, page) => listLiveSessions(reader, { userId, now, page }),

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
      const effectsOfEnded = ({ ended }: Swept): Effects => effectsOf(ended)
      const swept = await transact(effectsOfEnded, (trx, sessions) => sweepSessions(trx, sessions, { now, limit }))
      if (swept?.mayBeMore !== true) await database.sweep()
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
  const { record, attempt, replaces, securityEpoch: epoch, maxPerUser } = start
  const [inserted] = (await insertIfCurrent(trx, { ...toSessionRow(record), epoch })).rows
  if (inserted === undefined) return null
  if (attempt !== null && !(await useUpAttempt(trx, attempt, start))) return null
  const replaced = await endSessions(trx, sessions, replaces === null ? [] : [replaces])
  const mayBeSurplus = Number(inserted.others) + MAX_AT_ONCE > maxPerUser
  const surplus = mayBeSurplus ? await findSurplus(trx, record.session, maxPerUser) : []
  return [...replaced, ...(await endSessions(trx, sessions, surplus))]
}

/**
 * Inserts a session if its user is enabled and no event after the epoch revoked all their sessions, which stays true until the
 * commit. Returns the number of the user's other sessions.
 */
const insertIfCurrent = prepareQuery((db, slot: SlotOf<PlainRow<'sessions'> & { readonly epoch: number }>) =>
  db
    .insertInto('sessions')
    .columns(SESSION_COLUMNS)
    .expression(
      db
        .selectFrom('users')
        .select(SESSION_COLUMNS.map((column) => slot(column).as(column)))
        .where('users.id', '=', slot('user_id'))
        .where('users.security_epoch', '=', slot('epoch'))
        .where('users.disabled_at', 'is', null)
        .forNoKeyUpdate(),
    )
    .returning((eb) =>
      eb
        .selectFrom('sessions as others')
        .select(({ fn }) => fn.countAll().as('others'))
        .where('others.user_id', '=', slot('user_id'))
        .where('others.id', '!=', slot('id'))
        .as('others'),
    ),
)

/**
 * Returns the user's sessions beyond the limit, those used longest ago first; never the one that has just started. There are
 * many only after the limit was lowered: then each login ends a few of them.
 */
async function findSurplus(
  trx: Transaction<Database>,
  { id: newId, userId }: SessionRef,
  maxPerUser: number,
): Promise<SessionRef[]> {
  const { rows } = await selectSurplus(trx, { newId, userId, kept: maxPerUser - 1 })
  return rows.map(({ id }) => ({ id: id as SessionId, userId }))
}

interface SurplusValues {
  readonly newId: SessionId
  readonly userId: UserId
  readonly kept: number
}

const selectSurplus = prepareQuery((db, slot: SlotOf<SurplusValues>) => {
  const surplus = db
    .selectFrom('sessions')
    .select(['id', 'last_seen_at'])
    .where('user_id', '=', slot('userId'))
    .where('id', '!=', slot('newId'))
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(NO_LIMIT)
    .offset(slot('kept'))
  return db.selectFrom(surplus.as('surplus')).select('id').orderBy('last_seen_at').orderBy('id').limit(BATCH)
})

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

/**
 * Ends the pending changes of the email address in the same transaction. Very many sessions end in several transactions, so
 * that none takes long.
 */
async function revokeAll(
  { transact }: TransactingDatabase,
  { userId, except }: { readonly userId: UserId; readonly except: SessionId | null },
  effectsOf: EffectsOf<number>,
): Promise<number> {
  for (let total = 0; ; ) {
    const done = await transact(
      ({ count }: { readonly count: number }) => effectsOf(count),
      async (trx, sessions) => {
        await lockUser(trx, userId)
        const emailChanges = await endEmailChangesOf(trx, userId)
        const count = await endSessionsOf(trx, sessions, { userId, except, limit: MAX_ENDED_AT_ONCE })
        return count + emailChanges > 0 ? { count } : null
      },
    )
    const count = done?.count ?? 0
    total += count
    if (count < MAX_ENDED_AT_ONCE) return total
  }
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
