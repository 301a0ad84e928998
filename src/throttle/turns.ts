/** Limits how many tasks with the same key run at the same time. The others wait in line. */
export interface Turns {
  /** Waits for a turn. Returns the function that ends the turn, or null if too many tasks wait. */
  take(key: string): Promise<(() => void) | null>
}

/** The default of `passwordHashing.maxWaiting`. */
const MAX_WAITING = 128

/**
 * Creates empty lines, one per key. A password attempt is counted before it is checked, so many correct passwords at the same
 * time would look like guesses if they did not wait for each other.
 * @param atOnce number of tasks with the same key that may run at the same time.
 */
export function createTurns(atOnce: number): Turns {
  const lines = new Map<string, { running: number; readonly waiting: (() => void)[] }>()

  function end(key: string): void {
    const line = lines.get(key)
    if (line === undefined) return
    const next = line.waiting.shift()
    if (next === undefined) line.running--
    else next() // passes the turn on
    if (line.running === 0) lines.delete(key)
  }

  return {
    async take(key) {
      const line = lines.get(key) ?? { running: 0, waiting: [] }
      lines.set(key, line)
      if (line.running < atOnce) line.running++
      else {
        if (line.waiting.length >= MAX_WAITING) return null
        await new Promise<void>((resolve) => line.waiting.push(resolve))
      }
      let isOver = false
      return () => {
        if (!isOver) end(key)
        isOver = true
      }
    },
  }
}
