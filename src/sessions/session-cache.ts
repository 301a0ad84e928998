import { LRUCache } from 'lru-cache'
import type { TokenHash } from '../crypto/token.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Change, ChangesElsewhere, SessionRef } from './store.ts'

/**
 * Sessions that were verified lately, by token hash, in this process. Bounded; refusals are never kept.
 * Whoever ends or changes a session evicts it here and, by way of the storage, in every other process.
 */
export interface SessionCache {
  get(tokenHash: TokenHash): Principal | undefined
  /** Grows with every eviction. Read it before asking the storage, and hand it to `put`. */
  readonly version: number
  /** Keeps what was read, unless it was evicted since `version`: what was read may be out of date. */
  put(tokenHash: TokenHash, principal: Principal, version: number): void
  evictSession(session: SessionRef): void
  evictUser(id: UserId): void
  /**
   * Forgets what other processes changed.
   * @returns false while they cannot be heard: then nothing in here is to be believed.
   */
  follow(changes: ChangesElsewhere): boolean
  readonly size: number
}

/** An entry, and the next one of the same user: an index without a set for each user. */
interface Entry {
  readonly tokenHash: TokenHash
  readonly principal: Principal
  next: Entry | undefined
}

/** Evictions remembered one by one; what was read before the oldest of them is kept by nobody. */
const MAX_REMEMBERED = 1_000

/** Makes a cache for so many sessions; 0 keeps none. */
export function createSessionCache(maxSessions: number): SessionCache {
  const firstOfUser = new Map<UserId, Entry>()
  /** Who was evicted last, and at which version. */
  const evictedAt = new Map<SessionId | UserId, number>()
  let forgottenUpTo = 0
  let version = 0

  function link(entry: Entry): void {
    const { userId } = entry.principal.session
    entry.next = firstOfUser.get(userId)
    firstOfUser.set(userId, entry)
  }

  function unlink(entry: Entry): void {
    const { userId } = entry.principal.session
    const first = firstOfUser.get(userId)
    if (first === entry) {
      if (entry.next === undefined) firstOfUser.delete(userId)
      else firstOfUser.set(userId, entry.next)
      return
    }
    let before = first
    while (before !== undefined && before.next !== entry) before = before.next
    if (before !== undefined) before.next = entry.next
  }

  const entries = maxSessions > 0 ? new LRUCache<TokenHash, Entry>({ max: maxSessions, dispose: unlink }) : null

  function remove(userId: UserId, id: SessionId | null): void {
    for (let entry = firstOfUser.get(userId); entry !== undefined; entry = entry.next) {
      if (id === null || entry.principal.session.id === id) entries?.delete(entry.tokenHash)
    }
  }

  function remember(id: SessionId | UserId): void {
    version++
    evictedAt.delete(id)
    evictedAt.set(id, version)
    if (evictedAt.size <= MAX_REMEMBERED) return
    const [oldest] = evictedAt
    if (oldest === undefined) return
    evictedAt.delete(oldest[0])
    forgottenUpTo = oldest[1]
  }

  function isEvictedSince(id: SessionId | UserId, since: number): boolean {
    return (evictedAt.get(id) ?? 0) > since
  }

  function clear(): void {
    version++
    forgottenUpTo = version
    entries?.clear()
  }

  function evict(change: Change): void {
    if (change.kind === 'session') cache.evictSession(change)
    else cache.evictUser(change.id)
  }

  const cache: SessionCache = {
    get: (tokenHash) => entries?.get(tokenHash)?.principal,
    get version() {
      return version
    },
    get size() {
      return entries?.size ?? 0
    },
    put(tokenHash, principal, since) {
      const { id, userId } = principal.session
      if (entries === null || since < forgottenUpTo || isEvictedSince(id, since) || isEvictedSince(userId, since))
        return
      remove(userId, id)
      const entry: Entry = { tokenHash, principal, next: undefined }
      link(entry)
      entries.set(tokenHash, entry)
    },
    evictSession({ id, userId }) {
      remember(id)
      remove(userId, id)
    },
    evictUser(id) {
      remember(id)
      remove(id, null)
    },
    follow(changes) {
      if (changes === 'unreachable') return false
      if (changes === 'unknown') clear()
      else for (const change of changes) evict(change)
      return true
    },
  }
  return cache
}
