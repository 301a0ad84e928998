import { setImmediate as nextTurn } from 'node:timers/promises'
import { SECOND_MS } from './clock.ts'

/** Collects last uses, to write them together. A process that dies loses a few seconds of them, which harms nobody. */
export interface UseCollector<Use> {
  add(use: Use): void
  /** A use that is not written yet: what was read meanwhile is not the latest. */
  latest(id: string): Use | undefined
  /** Writes what was collected. */
  flush(): Promise<void>
  /** Stops writing by itself. */
  stop(): void
}

const FLUSH_AFTER_MS = 3 * SECOND_MS
/** Written at once; requests are answered before the next ones. SQLite takes about 5 ms for so many. */
const MAX_AT_ONCE = 200

/** Makes a collector that writes three seconds after the first use that it was told of. */
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
