/*
 * Spares looks at what other processes wrote: many requests that the event loop found at once have all been sent before the
 * first of them is looked after, so one look is enough for them. Without it, each costs a system call.
 */
import { performance } from 'node:perf_hooks'

/** A look is good for so long at most, whatever the event loop says: code that blocks it may ask other processes meanwhile. */
const MAX_AGE_MS = 1

/** Commits of this process: other instances in it are heard without the event loop. */
let commits = 0

/** Notes that this process wrote. */
export function noteCommit(): void {
  commits++
}

/**
 * Makes a function that says whether nothing can have come in since it last said no: the event loop has not asked the
 * system for events since, nothing was committed here, and a millisecond has not passed. Runtimes that do not count the
 * turns of their event loop (Bun, Deno) always hear no.
 */
export function createPollWatch(): () => boolean {
  const { nodeTiming } = performance
  if ((nodeTiming as Partial<typeof nodeTiming> | undefined)?.uvMetricsInfo === undefined) return () => false
  let last = { loopCount: -1, events: -1, commits, at: 0 }
  return () => {
    const at = performance.now()
    const { loopCount, events } = nodeTiming.uvMetricsInfo
    if (
      loopCount === last.loopCount &&
      events === last.events &&
      commits === last.commits &&
      at - last.at < MAX_AGE_MS
    ) {
      return true
    }
    last = { loopCount, events, commits, at }
    return false
  }
}
