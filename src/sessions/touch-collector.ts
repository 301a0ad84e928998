import { setImmediate as nextTurn } from 'node:timers/promises'
import { SECOND_MS } from '../kernel/clock.ts'
import type { SessionId } from '../kernel/ids.ts'
import type { Session } from '../kernel/principal.ts'
import type { SessionStore, Touch } from './store.ts'

/** Collects last uses, to write them together. A process that dies loses a few seconds of them, which harms nobody. */
export interface TouchCollector {
  add(touch: Touch): void
  /** The session with a use that is not written yet: what was read of it is not the latest. */
  apply(session: Session): Session
  /** Writes what was collected. */
  flush(): Promise<void>
  /** Stops writing by itself. */
  stop(): void
}

const FLUSH_AFTER_MS = 3 * SECOND_MS
/** Written at once; requests are answered before the next ones. SQLite takes about 5 ms for so many. */
const MAX_AT_ONCE = 200

/** Makes a collector that writes three seconds after the first use that it was told of. */
export function createTouchCollector(
  sessions: Pick<SessionStore, 'writeTouches'>,
  onError: (error: unknown) => void,
): TouchCollector {
  const touches = new Map<SessionId, Touch>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const collected = [...touches.values()]
    for (let start = 0; start < collected.length; start += MAX_AT_ONCE) {
      if (start > 0) await nextTurn()
      const part = collected.slice(start, start + MAX_AT_ONCE)
      await sessions.writeTouches(part)
      for (const touch of part) if (touches.get(touch.id) === touch) touches.delete(touch.id)
    }
  }

  return {
    add(touch) {
      touches.set(touch.id, touch)
      timer ??= setTimeout(() => {
        flush().catch(onError)
      }, FLUSH_AFTER_MS).unref()
    },
    apply(session) {
      const touch = touches.get(session.id)
      if (touch === undefined || touch.lastSeenAt <= session.lastSeenAt) return session
      return { ...session, lastSeenAt: touch.lastSeenAt, idleExpiresAt: touch.idleExpiresAt }
    },
    flush,
    stop() {
      clearTimeout(timer)
    },
  }
}
