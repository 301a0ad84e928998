import type { SessionCache } from './session-cache.ts'
import type { SessionStore } from './store.ts'

/**
 * Keeps the cache true to what other processes changed, looking no more often than it must.
 * A look costs microseconds, on a busy process a noticeable part of a request.
 */
export interface ChangeFollower {
  /** Looks for changes and forgets what they touch. To be called before the cache is believed. */
  follow(): void
  /**
   * Says that a request has just come in, synchronously from its socket's event. Requests that came in together, in one
   * turn of the event loop, were all sent before the first of them is looked at: one look serves them all, and what is
   * changed after it was not yet acknowledged when they were sent.
   */
  requestArrived(): void
}

/** Makes a follower for the cache of this process. */
export function createChangeFollower(
  sessions: Pick<SessionStore, 'changesElsewhere'>,
  cache: Pick<SessionCache, 'evict'>,
): ChangeFollower {
  let isTurnFollowed = false

  /** Immediates run when all sockets of this turn were served, before any that are read later. */
  function endTurn(): void {
    isTurnFollowed = false
  }

  return {
    follow() {
      if (!isTurnFollowed) cache.evict(sessions.changesElsewhere())
    },
    requestArrived() {
      if (isTurnFollowed) return
      cache.evict(sessions.changesElsewhere())
      isTurnFollowed = true
      setImmediate(endTurn)
    },
  }
}
