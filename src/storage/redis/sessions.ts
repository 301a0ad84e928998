import type { AuditStore } from '../../audit/store.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { SessionRef, SessionRotation, SessionStore } from '../../sessions/store.ts'
import type { ChangeInbox } from '../change-inbox.ts'
import type { SessionOrder, SessionOrders, UserCopy } from '../storage.ts'
import type { ListedSession, SessionKeys } from './session-keys.ts'
import { type StoredSession, toStored } from './session-record.ts'

const BATCH = 100

/** What sessions in Redis are made of. */
export interface RedisSessionDeps {
  /** Beside the users; what is told of sessions goes there after it was done here. */
  readonly audit: AuditStore
  readonly keys: SessionKeys
  readonly orders: SessionOrders
  readonly inbox: ChangeInbox
  /** A page of users after an id: sessions are found by way of them, which works on a cluster as well. */
  readonly listUsers: (after: UserId | null, limit: number) => Promise<readonly { readonly id: UserId }[]>
}

/**
 * Sessions in Redis. Users and their security epochs are elsewhere, so whatever starts a session writes it first and
 * looks at the user then: an event that ends all sessions either finds the session, or is seen by that look.
 */
export function createRedisSessionStore(deps: RedisSessionDeps): SessionStore {
  const { audit, keys, orders, inbox, listUsers } = deps
  return {
    changesElsewhere: inbox.take,
    lagMs: () => inbox.lagMs,

    async start({ record, securityEpoch, replaces, maxPerUser }, effectsOf) {
      const { session, tokenHash } = record
      const copy = await orders.findUser(session.userId)
      if (copy === null || copy.securityEpoch !== securityEpoch) return null
      const stored = toStored(session, tokenHash, copy)
      await keys.put(stored)
      if (!(await isStillAllowed({ keys, orders }, stored, securityEpoch))) return null
      const replaced = replaces === null ? [] : await endAmong(keys, replaces.userId, ({ id }) => id === replaces.id)
      const others = (await listLive(keys, session.userId)).filter((each) => each.session.id !== session.id)
      const surplus = new Set(others.slice(maxPerUser - 1).map((each) => each.session.id))
      const ended = surplus.size === 0 ? [] : await endAmong(keys, session.userId, ({ id }) => surplus.has(id))
      await audit.write(effectsOf([...replaced, ...ended]))
      return [...replaced, ...ended]
    },

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

    async listByUser(userId, now) {
      const live = await listLive(keys, userId)
      return live
        .map(({ session }) => session)
        .filter(({ expiresAt, idleExpiresAt }) => expiresAt > now && idleExpiresAt > now)
    },

    async revoke(userId, id, effectsOf) {
      const ended = await endAmong(keys, userId, (listed) => listed.id === id)
      if (ended.length > 0) await audit.write(effectsOf(undefined))
      return ended.length > 0
    },

    async revokeAll(userId, except, effectsOf) {
      const { length } = await endAmong(keys, userId, ({ id }) => id !== except)
      if (length > 0) await audit.write(effectsOf(length))
      return length
    },

    async scan({ userId, since, after, now, limit }) {
      const users = userId === null ? await listUsers(after as UserId | null, limit) : [{ id: userId }]
      const live = await Promise.all(users.map(({ id }) => listLive(keys, id)))
      const sessions = live
        .flat()
        .map(({ session }) => session)
        .filter(({ createdAt }) => since === null || createdAt >= since)
        .filter((session) => session.expiresAt > now && session.idleExpiresAt > now)
      return { sessions, next: userId !== null || users.length < limit ? null : (users.at(-1)?.id ?? null) }
    },

    async revokeMany(refs, effectsOf) {
      const byUser = [...Map.groupBy(refs, ({ userId }) => userId)]
      const ended = await Promise.all(
        byUser.map(([userId, own]) => {
          const ids = new Set(own.map(({ id }) => id))
          return endAmong(keys, userId, ({ id }) => ids.has(id))
        }),
      )
      if (ended.flat().length > 0) await audit.write(effectsOf(ended.flat()))
      return ended.flat()
    },

    // Redis itself deletes what has expired.
    sweep: async () => ({ ended: [], mayBeMore: false }),

    recentChanges: keys.recentChanges,

    async deleteIfExpired({ session, tokenHash }, now, effectsOf) {
      const found = await keys.find(tokenHash)
      if (found === null || (now < found.session.idleExpiresAt && now < found.session.expiresAt)) return false
      const ended = await keys.end({ id: session.id, userId: session.userId, tokenHash })
      if (ended) await audit.write(effectsOf(undefined))
      return ended
    },

    async invalidateUser(id) {
      await orders.orderRefresh(id)
      await carryOut({ keys, orders }, id)
    },
  }
}

/**
 * Carries out what transactions ordered: for one user, or whatever is left undone. An order that fails holds up no other.
 * @throws what the first of them failed with.
 */
export async function carryOut(
  { keys, orders }: Pick<RedisSessionDeps, 'keys' | 'orders'>,
  userId: UserId | null,
): Promise<void> {
  for (;;) {
    const open = await orders.list(userId, BATCH)
    const results = await Promise.allSettled(open.map((order) => carryOutOne({ keys, orders }, order)))
    await orders.strike(open.filter((_, index) => results[index]?.status === 'fulfilled'))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    if (open.length < BATCH) return
  }
}

async function carryOutOne(
  { keys, orders }: Pick<RedisSessionDeps, 'keys' | 'orders'>,
  order: SessionOrder,
): Promise<void> {
  if (order.kind === 'refresh') await refreshUser({ keys, orders }, order.userId)
  else await endAmong(keys, order.userId, ({ tokenHash }) => tokenHash !== order.except, order.throughEpoch)
  await keys.announceUser(order.userId)
}

/**
 * Writes the session under its new token and in this epoch, beside the old one. Null when it is gone or its token is another by now.
 * Nobody has the new token yet, so it harms nobody if the rotation goes no further.
 */
export async function putRotated(
  keys: SessionKeys,
  { id, oldTokenHash, newTokenHash, authenticatedAt }: SessionRotation,
  securityEpoch: number,
): Promise<StoredSession | null> {
  const before = await keys.find(oldTokenHash)
  if (before === null || before.session.id !== id) return null
  const session = { ...before.session, authenticatedAt, cookieSentAt: authenticatedAt }
  const after = { ...before, session, tokenHash: newTokenHash, epoch: securityEpoch }
  await keys.put(after)
  return after
}

/** Gives the session another token. Null when it is gone or its token is another by now. */
async function rotateSession(
  keys: SessionKeys,
  rotation: SessionRotation,
  securityEpoch: number,
): Promise<StoredSession | null> {
  const after = await putRotated(keys, rotation, securityEpoch)
  if (after === null) return null
  const { id, userId, oldTokenHash, newTokenHash } = rotation
  // Of several rotations at once, the one that ends the old token has won.
  if (await keys.end({ id, userId, tokenHash: oldTokenHash })) return after
  await keys.end({ id, userId, tokenHash: newTokenHash })
  return null
}

/** Looks at the user after a session was written; takes it back when the user may no longer have it. */
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

/** Brings the copies of a user up to date; ends all sessions of one who is gone or disabled. */
async function refreshUser({ keys, orders }: Pick<RedisSessionDeps, 'keys' | 'orders'>, userId: UserId): Promise<void> {
  const copy: UserCopy | null = await orders.findUser(userId)
  if (copy === null) await endAmong(keys, userId, () => true)
  else for (const { tokenHash } of await keys.list(userId)) await keys.refreshUser(tokenHash, copy)
}

/**
 * Ends those sessions of the user that are meant; gives the ones that were there. Looks again until nothing new is listed:
 * a session that got another token meanwhile is listed under the new one before the old one ends.
 */
export async function endAmong(
  keys: SessionKeys,
  userId: UserId,
  isMeant: (listed: ListedSession) => boolean,
  throughEpoch?: number,
): Promise<SessionRef[]> {
  const ended = new Map<SessionId, SessionRef>()
  const tried = new Set<string>()
  for (;;) {
    const listed = (await keys.list(userId)).filter(isMeant)
    const untried = listed.filter(({ tokenHash, isPending }) => !tried.has(`${tokenHash} ${isPending}`))
    if (untried.length === 0) return [...ended.values()]
    for (const each of untried) {
      tried.add(`${each.tokenHash} ${each.isPending}`)
      if (await keys.end(each, throughEpoch)) ended.set(each.id, { id: each.id, userId })
    }
  }
}

/** The sessions of a user that are there, most recently used first; strikes the others from the index. */
async function listLive(keys: SessionKeys, userId: UserId): Promise<StoredSession[]> {
  const listed = await keys.list(userId)
  const found = await Promise.all(listed.map(({ tokenHash }) => keys.find(tokenHash)))
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
