import type { TokenDigest } from '../crypto/token.ts'
import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { SessionPrincipal, TokenPrincipal, VerifiedGrant } from '../kernel/principal.ts'
import { createSessionTable } from './session-table.ts'
import type { Change, ChangesElsewhere, SessionRef } from './store.ts'
import { createTokenTable } from './token-table.ts'

/**
 * Recently verified sessions and access tokens of this process, by the digest of the token. The size is limited. Refusals are
 * never cached. The storage reports the changes of this process and of other processes.
 */
export interface SessionCache {
  get(digest: TokenDigest): SessionPrincipal | undefined
  /** Returns a cached access token. */
  getToken(digest: TokenDigest): TokenPrincipal | undefined
  /** Increases with every eviction. Read it before you read from the storage, and pass it to `put`. */
  readonly version: number
  /** Caches a session that was read, unless it was evicted after `version`: then the data that was read may be old. */
  put(digest: TokenDigest, principal: SessionPrincipal, version: number): void
  putToken(digest: TokenDigest, principal: TokenPrincipal, version: number): void
  /** Returns a cached access token of an app. */
  getGrant(digest: TokenDigest): VerifiedGrant | undefined
  putGrant(digest: TokenDigest, grant: VerifiedGrant, version: number): void
  evictSession(session: SessionRef): void
  /** Evicts all sessions and access tokens of the user. */
  evictUser(id: UserId): void
  /**
   * Evicts everything that this process or other processes changed.
   * @returns false while the changes of other processes are unknown: then the cache must not be used.
   */
  follow(changes: ChangesElsewhere): boolean
  readonly size: number
}

/** Number of evictions that are remembered. Data that was read before the oldest of them is not cached. */
const MAX_REMEMBERED = 1_000
/** Limit for access tokens, of which there are few. */
const MAX_TOKENS = 10_000

/** Receives every eviction, also of entries that are not cached. */
export interface EvictionListener {
  add(id: SessionId | UserId): void
  /** Reports that changes were lost. */
  lose(): void
}

/**
 * Creates a cache.
 * @param maxSessions number of sessions in the cache; 0 switches it off.
 * @param listener receives the evictions. Default: none.
 */
export function createSessionCache(maxSessions: number, listener: EvictionListener | null = null): SessionCache {
  const table = maxSessions > 0 ? createSessionTable(maxSessions) : null
  const tokens = createTokenTable<TokenPrincipal>(Math.min(maxSessions, MAX_TOKENS))
  const grants = createTokenTable<VerifiedGrant>(Math.min(maxSessions, MAX_TOKENS))
  /** The last evictions: the id of the session or user, and the version of the cache. */
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
    grants.clear()
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
    getGrant: (digest) => grants.get(digest),
    putGrant(digest, grant, since) {
      const { user, sessionId } = grant
      if (since < forgottenUpTo || isEvictedSince(user.id, since)) return
      if (sessionId !== null && isEvictedSince(sessionId, since)) return
      grants.put(digest, grant)
    },
    evictSession({ id, userId }) {
      remember(id)
      table?.remove(userId, id)
      grants.removeUser(userId) // tokens of apps can end with a session
    },
    evictUser(id) {
      remember(id)
      table?.remove(id, null)
      tokens.removeUser(id)
      grants.removeUser(id)
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
