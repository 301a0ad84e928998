import type { SessionCache } from './session-cache.ts'
import type { SessionStore } from './store.ts'

/**
 * Keeps the cache true to what other processes changed, looking no more often than it must.
 * A look costs microseconds, on a busy process a noticeable part of a request.
 */
export interface ChangeFollower {
  /**
   * Looks for changes and forgets what they touch. To be called before the cache is believed.
   * @returns false while other processes cannot be heard: then nothing in the cache is to be believed.
   */
  follow(): boolean
  /**
   * Says that a request has just come in, synchronously from its socket's event. Requests that one turn of the event
   * loop hands over within a millisecond share one look: they were on their way before it.
   */
  requestArrived(): void
}

/** A look this old is not shared any more, for a turn may be held up by whatever the application does in it. */
const MAX_AGE_MS = 1

/** Makes a follower for the cache of this process. */
export function createChangeFollower(
  sessions: Pick<SessionStore, 'changesElsewhere'>,
  cache: Pick<SessionCache, 'evict'>,
): ChangeFollower {
  let isTurnFollowed = false
  let lookedAt = 0

  /** Immediates run when all sockets of this turn were served, before any that are read later. */
  function endTurn(): void {
    isTurnFollowed = false
  }

  function look(): boolean {
    const changes = sessions.changesElsewhere()
    if (changes === 'unreachable') return false
    cache.evict(changes)
    return true
  }

  /** A request may want nothing of us, so it does not fail here; whoever verifies a session asks again, and is told. */
  function tryToLook(): boolean {
    try {
      return look()
    } catch {
      return false
    }
  }

  return {
    follow() {
      return (isTurnFollowed && performance.now() - lookedAt <= MAX_AGE_MS) || look()
    },
    requestArrived() {
      const now = performance.now()
      if (isTurnFollowed && now - lookedAt <= MAX_AGE_MS) return
      const wasFollowed = isTurnFollowed
      isTurnFollowed = tryToLook()
      if (!isTurnFollowed) return
      lookedAt = now
      if (!wasFollowed) setImmediate(endTurn)
    },
  }
}
