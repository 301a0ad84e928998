import type { TokenDigest } from '../crypto/token.ts'
import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { SessionPrincipal, TokenPrincipal } from '../kernel/principal.ts'
import { createSessionTable } from './session-table.ts'
import type { Change, ChangesElsewhere, SessionRef } from './store.ts'
import { createTokenTable } from './token-table.ts'

/**
 * Sessions and access tokens that were verified lately, by digest of the token, in this process. Bounded; refusals are never kept.
 * The storage tells it what this process and the other processes change.
 */
export interface SessionCache {
  get(digest: TokenDigest): SessionPrincipal | undefined
  /** An access token that was verified lately. */
  getToken(digest: TokenDigest): TokenPrincipal | undefined
  /** Grows with every eviction. Read it before asking the storage, and hand it to `put`. */
  readonly version: number
  /** Keeps what was read, unless it was evicted since `version`: what was read may be out of date. */
  put(digest: TokenDigest, principal: SessionPrincipal, version: number): void
  putToken(digest: TokenDigest, principal: TokenPrincipal, version: number): void
  evictSession(session: SessionRef): void
  /** Forgets all sessions and access tokens of the user. */
  evictUser(id: UserId): void
  /**
   * Forgets what this process or other processes changed.
   * @returns false while they cannot be heard: then nothing in here is to be believed.
   */
  follow(changes: ChangesElsewhere): boolean
  readonly size: number
}

/** Evictions remembered one by one; what was read before the oldest of them is kept by nobody. */
const MAX_REMEMBERED = 1_000
/** Machines are few. */
const MAX_TOKENS = 10_000

/** Told of everything that is evicted, kept or not. */
export interface EvictionListener {
  add(id: SessionId | UserId): void
  /** More than can be told. */
  lose(): void
}

/** Makes a cache for so many sessions; 0 keeps none. */
export function createSessionCache(maxSessions: number, listener: EvictionListener | null = null): SessionCache {
  const table = maxSessions > 0 ? createSessionTable(maxSessions) : null
  const tokens = createTokenTable(Math.min(maxSessions, MAX_TOKENS))
  /** Who was evicted last, and at which version. */
  const evictedAt = createBoundedMap<SessionId | UserId, number>(MAX_REMEMBERED)
  let forgottenUpTo = 0
  let version = 0

  function remember(id: SessionId | UserId): void {
    version++
    listener?.add(id)
    const forgotten = evictedAt.set(id, version)
    if (forgotten !== null) forgottenUpTo = forgotten.value
  }

  function isEvictedSince(id: SessionId | UserId, since: number): boolean {
    return (evictedAt.get(id) ?? 0) > since
  }

  function clear(): void {
    version++
    forgottenUpTo = version
    listener?.lose()
    table?.clear()
    tokens.clear()
  }

  function evict(change: Change): void {
    if (change.kind === 'session') cache.evictSession(change)
    else cache.evictUser(change.id)
  }

  const cache: SessionCache = {
    get: (digest) => table?.get(digest),
    get version() {
      return version
    },
    get size() {
      return table?.size ?? 0
    },
    put(digest, principal, since) {
      const { id, userId } = principal.session
      if (since < forgottenUpTo || isEvictedSince(id, since) || isEvictedSince(userId, since)) return
      table?.put(digest, principal)
    },
    getToken: (digest) => tokens.get(digest),
    putToken(digest, principal, since) {
      const { id } = principal.user
      if (since < forgottenUpTo || isEvictedSince(id, since)) return
      tokens.put(digest, principal)
    },
    evictSession({ id, userId }) {
      remember(id)
      table?.remove(userId, id)
    },
    evictUser(id) {
      remember(id)
      table?.remove(id, null)
      tokens.removeUser(id)
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
