/*
 * Sessions as keys. The key `session:<token hash>` decides whether a session exists. The key `user:<id>` lists the
 * token hashes of a user. It is written first, so it lists every session that exists; it may also list sessions that
 * are gone.
 */
import type { TokenHash } from '../../crypto/token.ts'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import { type Change, KEEP_CHANGES_MS, type RecentChanges, type SessionRef } from '../../sessions/store.ts'
import { formatChange } from '../change-message.ts'
import type { OnChanges, UserCopy } from '../storage.ts'
import { CHANGES_SINCE, type RedisLink } from './redis-link.ts'
import {
  ADD_TO_INDEX,
  END_SESSION,
  MARK_COOKIE_SENT,
  NOTE_CHANGE,
  PUT_SESSION,
  READ_INDEX,
  REFRESH_USER,
  TOUCH_SESSION,
} from './scripts.ts'
import { deleteAt, fromFields, SESSION_FIELDS, type StoredSession, toFields } from './session-record.ts'

/** A session as listed in its user's index. */
export interface ListedSession extends SessionRef {
  readonly tokenHash: TokenHash
  /** True until the session is known to exist: a listed session that is absent may still be about to be stored. */
  readonly isPending: boolean
}

/** The atomic operations on sessions; all other operations are built from them. */
export interface SessionKeys {
  put(stored: StoredSession): Promise<void>
  find(tokenHash: TokenHash): Promise<StoredSession | null>
  /** Revokes a session and notifies all nodes. Returns false if it is gone or started after the epoch. */
  end(session: SessionRef & { readonly tokenHash: TokenHash }, throughEpoch?: number): Promise<boolean>
  touch(tokenHash: TokenHash, times: { readonly seen: number; readonly idle: number }): Promise<void>
  markCookieSent(tokenHash: TokenHash, before: number, now: number): Promise<boolean>
  refreshUser(tokenHash: TokenHash, copy: UserCopy): Promise<void>
  /** Lists the sessions that the user has or recently had. */
  list(userId: UserId): Promise<ListedSession[]>
  /** Removes sessions that are gone from the index. */
  unlist(userId: UserId, gone: readonly TokenHash[]): Promise<void>
  /** Returns the recent changes, for nodes that were not connected when Redis published them. */
  recentChanges(): Promise<RecentChanges>
  /** Notifies all nodes that their cached data about the user is out of date. */
  announceUser(userId: UserId): Promise<void>
}

/** Key of a sorted set: changed ids, ordered by the time of the change. */
const CHANGES = 'changes'
/** Key that holds the time since which `changes` is complete. If Redis lost its memory, this key is gone as well. */
/** Above this number, changes are not read one by one. */
const MAX_RECENT = 200_000

/** Suffix of a listed session id while the session may not be stored yet. */
const PENDING = '?'

/**
 * Creates the operations on a link.
 * @param onChanges receives the changes of an operation, also if Redis did not reply: it may have carried out the
 *   operation.
 */
export function createSessionKeys(link: RedisLink, onChanges: OnChanges): SessionKeys {
  const sessionKey = (tokenHash: TokenHash): string => `session:${tokenHash}`
  const userKey = (userId: UserId): string => `user:${userId}`

  /** Runs before the change itself, so that every change is recorded. */
  async function noteChange(id: SessionId | UserId): Promise<void> {
    await link.run(NOTE_CHANGE, CHANGES, String(Date.now()), id, String(KEEP_CHANGES_MS))
  }

  async function unlist(userId: UserId, gone: readonly TokenHash[]): Promise<void> {
    if (gone.length > 0) await link.command('HDEL', userKey(userId), ...gone)
  }

  return {
    async put(stored) {
      const { session, tokenHash } = stored
      const limit = String(deleteAt({ ...session, idleExpiresAt: session.expiresAt }))
      const index = userKey(session.userId)
      await link.run(ADD_TO_INDEX, index, tokenHash, `${session.id}${PENDING}`, limit)
      await link.run(PUT_SESSION, sessionKey(tokenHash), String(deleteAt(session)), ...toFields(stored))
      await link.run(ADD_TO_INDEX, index, tokenHash, session.id, limit)
    },

    async find(tokenHash) {
      return fromFields(tokenHash, await link.command('HMGET', sessionKey(tokenHash), ...SESSION_FIELDS))
    },

    async end({ id, userId, tokenHash }, throughEpoch) {
      const change: Change = { kind: 'session', id, userId }
      await noteChange(id)
      const epoch = throughEpoch === undefined ? '' : String(throughEpoch)
      const run = link.run(END_SESSION, sessionKey(tokenHash), link.channel, formatChange(change), epoch)
      const ended = await run.finally(() => onChanges([change]))
      if (ended === 1) await unlist(userId, [tokenHash])
      return ended === 1
    },

    async touch(tokenHash, { seen, idle }) {
      const limit = String(deleteAt({ expiresAt: idle, idleExpiresAt: idle }))
      await link.run(TOUCH_SESSION, sessionKey(tokenHash), String(seen), String(idle), limit)
    },

    async markCookieSent(tokenHash, before, now) {
      return (await link.run(MARK_COOKIE_SENT, sessionKey(tokenHash), String(before), String(now))) === 1
    },

    async refreshUser(tokenHash, { user, revision }) {
      await link.run(REFRESH_USER, sessionKey(tokenHash), JSON.stringify(user), String(revision))
    },

    async list(userId) {
      const flat = (await link.run(READ_INDEX, userKey(userId))) as string[] // token hashes and ids alternate
      const listed: ListedSession[] = []
      for (let index = 0; index < flat.length; index += 2) {
        const [tokenHash = '', text = ''] = flat.slice(index, index + 2)
        const isPending = text.endsWith(PENDING)
        // `put` wrote the entries of the index.
        const id = (isPending ? text.slice(0, -PENDING.length) : text) as SessionId
        listed.push({ tokenHash: tokenHash as TokenHash, id, userId, isPending })
      }
      return listed
    },

    unlist,

    recentChanges: () => readRecentChanges(link),

    async announceUser(userId) {
      const change: Change = { kind: 'user', id: userId }
      await noteChange(userId)
      await link.command('PUBLISH', null, link.channel, formatChange(change)).finally(() => onChanges([change]))
    },
  }
}

async function readRecentChanges(link: RedisLink): Promise<RecentChanges> {
  const now = Date.now()
  await link.command('SET', CHANGES_SINCE, String(now), 'NX')
  const since = Number(await link.command('GET', CHANGES_SINCE))
  const oldest = String(now - KEEP_CHANGES_MS)
  // Members of the sorted set.
  const ids = (await link.command(
    'ZRANGE',
    CHANGES,
    oldest,
    '+inf',
    'BYSCORE',
    'LIMIT',
    '0',
    String(MAX_RECENT),
  )) as string[]
  return { ids, completeSince: ids.length < MAX_RECENT ? since : now }
}
