/*
 * Avoids repeated looks for writes of other processes. Requests that the event loop received in one poll were all sent
 * before the first of them is handled, so one look is enough for all of them. Each look costs a system call.
 */
import { performance } from 'node:perf_hooks'

/**
 * A look is valid for at most this long, also within one poll: code that blocks the event loop may talk to other
 * processes.
 */
const MAX_AGE_MS = 1

/** Number of commits in this process: other instances in it do not need the event loop to notify each other. */
let commits = 0

/** Records that this process wrote. */
export function noteCommit(): void {
  commits++
}

/**
 * Creates a function that returns true if nothing can have arrived since it last returned false: the event loop has not
 * polled the system, this process has not committed, and less than a millisecond has passed. In runtimes that do not
 * count the turns of their event loop (Bun, Deno) it always returns false.
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
