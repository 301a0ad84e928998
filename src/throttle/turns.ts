/** Lets few do something with the same thing at once; the others wait in line. */
export interface Turns {
  /** Waits for a turn, and gives what ends it; null when too many wait. */
  take(key: string): Promise<(() => void) | null>
}

/** As many as wait for a hash (`passwordHashing.maxWaiting`). */
const MAX_WAITING = 128

/**
 * Makes the lines, one a key. A try at a password is counted before it is made; so many right passwords at the same
 * moment would look like guesses, if they did not wait for each other.
 * @param atOnce how many may have their turn at the same time.
 */
export function createTurns(atOnce: number): Turns {
  const lines = new Map<string, { running: number; readonly waiting: (() => void)[] }>()

  function end(key: string): void {
    const line = lines.get(key)
    if (line === undefined) return
    const next = line.waiting.shift()
    if (next === undefined) line.running--
    else next() // the turn is theirs now
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
