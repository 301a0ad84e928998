import { LRUCache } from 'lru-cache'
import type { TokenHash } from '../crypto/token.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Principal } from '../kernel/principal.ts'
import type { Change } from './store.ts'

/**
 * Sessions that were verified lately, by token hash, in this process. Bounded; refusals are never kept.
 * Whoever ends or changes a session evicts it here and, by way of the storage, in every other process.
 */
export interface SessionCache {
  get(tokenHash: TokenHash): Principal | undefined
  /** Grows with every eviction. Read it before asking the storage, and hand it to `put`. */
  readonly version: number
  /** Keeps what was read, unless something was evicted since `version`: what was read may be out of date. */
  put(tokenHash: TokenHash, principal: Principal, version: number): void
  evictSession(id: SessionId): void
  evictUser(id: UserId): void
  evict(changes: readonly Change[] | 'unknown'): void
  readonly size: number
}

/** Makes a cache for so many sessions; 0 keeps none. */
export function createSessionCache(maxSessions: number): SessionCache {
  const hashBySession = new Map<SessionId, TokenHash>()
  const sessionsByUser = new Map<UserId, Set<SessionId>>()
  let version = 0

  function forgetIndexes(principal: Principal, tokenHash: TokenHash): void {
    const { id, userId } = principal.session
    if (hashBySession.get(id) !== tokenHash) return
    hashBySession.delete(id)
    const ofUser = sessionsByUser.get(userId)
    ofUser?.delete(id)
    if (ofUser?.size === 0) sessionsByUser.delete(userId)
  }

  const entries =
    maxSessions > 0 ? new LRUCache<TokenHash, Principal>({ max: maxSessions, dispose: forgetIndexes }) : null

  function remove(id: SessionId): void {
    const tokenHash = hashBySession.get(id)
    if (tokenHash !== undefined) entries?.delete(tokenHash)
  }

  const cache: SessionCache = {
    get: (tokenHash) => entries?.get(tokenHash),
    get version() {
      return version
    },
    get size() {
      return entries?.size ?? 0
    },
    put(tokenHash, principal, versionBefore) {
      if (entries === null || versionBefore !== version) return
      const { id, userId } = principal.session
      remove(id)
      entries.set(tokenHash, principal)
      hashBySession.set(id, tokenHash)
      const ofUser = sessionsByUser.get(userId)
      if (ofUser === undefined) sessionsByUser.set(userId, new Set([id]))
      else ofUser.add(id)
    },
    evictSession(id) {
      version++
      remove(id)
    },
    evictUser(id) {
      version++
      for (const sessionId of [...(sessionsByUser.get(id) ?? [])]) remove(sessionId)
    },
    evict(changes) {
      if (changes === 'unknown') {
        version++
        entries?.clear()
        return
      }
      for (const change of changes) {
        if (change.kind === 'session') cache.evictSession(change.id)
        else cache.evictUser(change.id)
      }
    },
  }
  return cache
}
