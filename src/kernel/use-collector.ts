import { setImmediate as nextTurn } from 'node:timers/promises'
import { SECOND_MS } from './clock.ts'

/** Collects last uses to write them in batches. A process that dies loses a few seconds of them, which does no harm. */
export interface UseCollector<Use> {
  add(use: Use): void
  /** Returns a use that is not written yet. It is later than the value in the database. */
  latest(id: string): Use | undefined
  /** Writes the collected uses. */
  flush(): Promise<void>
  /** Stops the timer, so that only `flush` writes. */
  stop(): void
}

const FLUSH_AFTER_MS = 3 * SECOND_MS
/** Uses in one batch. Requests are handled between two batches. SQLite writes a full batch in about 5 ms. */
const MAX_AT_ONCE = 200

/** Creates a collector. It writes three seconds after the first use since the last write. */
export function createUseCollector<Use extends { readonly id: string }>(
  write: (uses: readonly Use[]) => Promise<void>,
  onError: (error: unknown) => void,
): UseCollector<Use> {
  const uses = new Map<string, Use>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const collected = [...uses.values()]
    for (let start = 0; start < collected.length; start += MAX_AT_ONCE) {
      if (start > 0) await nextTurn()
      const part = collected.slice(start, start + MAX_AT_ONCE)
      await write(part)
      for (const use of part) if (uses.get(use.id) === use) uses.delete(use.id)
    }
  }

  return {
    add(use) {
      uses.set(use.id, use)
      timer ??= setTimeout(() => {
        flush().catch(onError)
      }, FLUSH_AFTER_MS).unref()
    },
    latest: (id) => uses.get(id),
    flush,
    stop() {
      clearTimeout(timer)
    },
  }
}
