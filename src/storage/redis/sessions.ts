import type { TokenHash } from '../../crypto/token.ts'
import type { EffectsOf } from '../../kernel/effects.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import { BATCH, inSlices } from '../../kernel/in-batches.ts'
import type { Session } from '../../kernel/principal.ts'
import type {
  SessionPage,
  SessionRecord,
  SessionRef,
  SessionScan,
  SessionStart,
  SessionStore,
} from '../../sessions/store.ts'
import type { ChangeInbox } from '../change-inbox.ts'
import type { SessionHost } from '../storage.ts'
import { endAmong, endMany } from './end-among.ts'
import { rotateSession } from './rotate.ts'
import type { SessionKeys } from './session-keys.ts'
import { type StoredSession, toStored } from './session-record.ts'

/** Reads that are sent to Redis together. The event loop continues between two of them. */
const SESSIONS_AT_ONCE = 50
const USERS_AT_ONCE = 10

/** Dependencies of `createRedisSessionStore`: the database that holds the users, and the connection to Redis. */
export interface RedisSessionDeps extends SessionHost {
  readonly keys: SessionKeys
  readonly inbox: ChangeInbox
}

/**
 * Creates the session store in Redis. Users and their security epochs are in the database. Therefore each start of a
 * session writes the session first and reads the user afterwards: an event that revokes all sessions either finds the
 * session or is visible in that read.
 */
export function createRedisSessionStore(deps: RedisSessionDeps): SessionStore {
  const { stores, keys, orders, inbox, onChanges } = deps
  const { audit } = stores
  return {
    changesElsewhere: inbox.take,
    lagMs: () => inbox.lagMs,

    start: (start, effectsOf) => startSession(deps, start, effectsOf),

    async findByTokenHash(tokenHash) {
      const found = await keys.find(tokenHash)
      return found === null ? null : { session: found.session, user: found.user }
    },

    async findSecurityEpoch(tokenHash) {
      const found = await keys.find(tokenHash)
      return found === null ? null : found.epoch
    },

    async writeTouches(touches) {
      await Promise.all(
        touches.map(({ tokenHash, lastSeenAt, idleExpiresAt }) =>
          keys.touch(tokenHash, { seen: lastSeenAt, idle: idleExpiresAt }),
        ),
      )
    },

    markCookieSent: ({ session, tokenHash }, cookieSentAt) =>
      keys.markCookieSent(tokenHash, session.cookieSentAt, cookieSentAt),

    async rotate(rotation, securityEpoch, effectsOf) {
      const rotated = await rotateSession(keys, rotation, securityEpoch)
      if (rotated === null || !(await isStillAllowed({ keys, orders }, rotated, securityEpoch))) return false
      await audit.write(effectsOf(undefined))
      return true
    },

    isLive: (session, now) => isLive(keys, session, now),

    findLive: (sessions, now) => findLive(keys, sessions, now),

    async listByUser(userId, now, { before, limit }) {
      const sessions = (await listLive(keys, userId)).map(({ session }) => session)
      const start = before === null ? 0 : sessions.findIndex(({ id }) => id === before) + 1
      if (before !== null && start === 0) return null
      return sessions.slice(start).filter(isLiveAt(now)).slice(0, limit)
    },

    async revoke(userId, id, effectsOf) {
      const ended = await endAmong(keys, userId, (listed) => listed.id === id)
      onChanges([{ kind: 'session', id, userId }])
      if (ended.length > 0) await audit.write(effectsOf(undefined))
      return ended.length > 0
    },

    revokeAll: (userId, except, effectsOf) => revokeAll(deps, { userId, except }, effectsOf),

    scan: (scan) => scanSessions(deps, scan),

    async revokeMany(refs, effectsOf) {
      const ended = await endMany(keys, refs)
      if (ended.length > 0) await audit.write(effectsOf(ended))
      return ended
    },

    // Redis deletes expired sessions by itself.
    sweep: async () => ({ ended: [], mayBeMore: false }),

    recentChanges: keys.recentChanges,

    async deleteIfExpired(record, now, effectsOf) {
      const ended = await endIfExpired(keys, record, now)
      if (ended) await audit.write(effectsOf(undefined))
      return ended
    },

    invalidateUser: stores.sessions.invalidateUser,
  }
}

/** Stores the session, and then reads its user. Returns null if the user may not have it. */
async function startSession(
  { keys, orders }: RedisSessionDeps,
  start: SessionStart,
  effectsOf: EffectsOf<readonly SessionRef[]>,
): Promise<readonly SessionRef[] | null> {
  const { record, securityEpoch } = start
  const { session, tokenHash } = record
  const copy = await orders.findUser(session.userId)
  if (copy === null || copy.securityEpoch !== securityEpoch) return null
  const stored = toStored(session, tokenHash, copy)
  await keys.put(stored)
  if (!(await isStillAllowed({ keys, orders }, stored, securityEpoch))) return null
  const ending = await findEnding(keys, start)
  // The database decides whether the login counts; only then are other sessions revoked for it.
  if (!(await orders.recordStart(start, effectsOf(ending)))) {
    await keys.end({ id: session.id, userId: session.userId, tokenHash })
    return null
  }
  await endMany(keys, ending)
  return ending
}

/** Reads the users page by page, and the sessions of each. */
async function scanSessions(
  { stores, keys }: RedisSessionDeps,
  { userId, since, after, now, limit }: SessionScan,
): Promise<SessionPage> {
  // The scan goes by users, which works on a cluster as well. `after` is the `next` of the previous page.
  const page = { after: after as UserId | null, limit }
  const users = userId === null ? await stores.users.list(page) : [{ id: userId }]
  const live = await inSlices(users, USERS_AT_ONCE, ({ id }) => listLive(keys, id))
  const sessions = live
    .flat()
    .map(({ session }) => session)
    .filter(({ createdAt }) => since === null || createdAt >= since)
    .filter(isLiveAt(now))
  return { sessions, next: userId !== null || users.length < limit ? null : (users.at(-1)?.id ?? null) }
}

async function revokeAll(
  { stores, keys, onChanges }: RedisSessionDeps,
  { userId, except }: { readonly userId: UserId; readonly except: SessionId | null },
  effectsOf: EffectsOf<number>,
): Promise<number> {
  const emailChanges = await stores.oneTimeTokens.endEmailChanges(userId)
  const { length } = await endAmong(keys, userId, ({ id }) => id !== except)
  onChanges([{ kind: 'user', id: userId }])
  if (length + emailChanges > 0) await stores.audit.write(effectsOf(length))
  return length
}

async function findLive(
  keys: SessionKeys,
  sessions: readonly SessionRef[],
  now: number,
): Promise<ReadonlySet<SessionId>> {
  const areLive = await inSlices(sessions, SESSIONS_AT_ONCE, (session) => isLive(keys, session, now))
  return new Set(sessions.flatMap(({ id }, index) => (areLive[index] === true ? [id] : [])))
}

/** Looks again while the session has new tokens: it may get one between the listing and the look. */
async function isLive(keys: SessionKeys, { id, userId }: SessionRef, now: number): Promise<boolean> {
  const tried = new Set<TokenHash>()
  for (;;) {
    const listed = (await keys.list(userId)).filter((each) => each.id === id && !tried.has(each.tokenHash))
    if (listed.length === 0) return false
    const found = await Promise.all(listed.map(({ tokenHash }) => keys.find(tokenHash)))
    if (found.some((stored) => stored !== null && isLiveAt(now)(stored.session))) return true
    for (const { tokenHash } of listed) tried.add(tokenHash)
  }
}

function isLiveAt(now: number): (session: Session) => boolean {
  return ({ expiresAt, idleExpiresAt }) => expiresAt > now && idleExpiresAt > now
}

/** Returns false if the session has not expired or does not exist any more. */
async function endIfExpired(
  keys: SessionKeys,
  { session: { id, userId }, tokenHash }: SessionRecord,
  now: number,
): Promise<boolean> {
  const found = await keys.find(tokenHash)
  if (found === null || (now < found.session.idleExpiresAt && now < found.session.expiresAt)) return false
  return keys.end({ id, userId, tokenHash })
}

/** Reads the user after a session was stored; deletes the session if the user may no longer have it. */
async function isStillAllowed(
  { keys, orders }: Pick<RedisSessionDeps, 'keys' | 'orders'>,
  stored: StoredSession,
  securityEpoch: number,
): Promise<boolean> {
  const { tokenHash, session } = stored
  const now = await orders.findUser(session.userId)
  if (now?.securityEpoch !== securityEpoch) {
    await keys.end({ id: session.id, userId: session.userId, tokenHash })
    return false
  }
  if (now.revision !== stored.revision) await keys.refreshUser(tokenHash, now)
  return true
}

/** Returns the sessions that a new session displaces: the one that it replaces, and those beyond the limit. */
async function findEnding(
  keys: SessionKeys,
  { record: { session }, replaces, maxPerUser }: SessionStart,
): Promise<SessionRef[]> {
  const own = await listLive(keys, session.userId)
  const isOwn = replaces === null || replaces.userId === session.userId
  const candidates = isOwn ? own : await listLive(keys, replaces.userId)
  const replaced = candidates.filter((each) => each.session.id === replaces?.id)
  const others = own.filter(({ session: { id } }) => id !== session.id && id !== replaces?.id)
  // A session that is being rotated is listed twice.
  const ending = new Map(
    [...replaced, ...others.slice(maxPerUser - 1).slice(-BATCH)].map((each) => [each.session.id, each.session]),
  )
  return [...ending.values()].map(({ id, userId }) => ({ id, userId }))
}

/** Returns the live sessions of a user, most recently used first; removes the others from the index. */
async function listLive(keys: SessionKeys, userId: UserId): Promise<StoredSession[]> {
  const listed = await keys.list(userId)
  const found = await inSlices(listed, SESSIONS_AT_ONCE, ({ tokenHash }) => keys.find(tokenHash))
  await keys.unlist(
    userId,
    listed.filter(({ isPending }, index) => !isPending && found[index] === null).map(({ tokenHash }) => tokenHash),
  )
  return found
    .filter((stored) => stored !== null)
    .sort(
      (left, right) =>
        right.session.lastSeenAt - left.session.lastSeenAt || (right.session.id > left.session.id ? 1 : -1),
    )
}
