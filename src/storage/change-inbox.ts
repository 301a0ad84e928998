/*
 * Changes that are pushed to this process, and the proof that the channel they come by lives. Whoever reads them learns
 * also when nothing can be learnt: a process that lost touch stops believing its cache (DESIGN promise 2).
 */
import type { Change, ChangesElsewhere } from '../sessions/store.ts'

/** How often a channel is to be proved. */
export const PROOF_INTERVAL_MS = 250
/** Without a proof for so long, the channel counts as lost. */
const TRUST_MS = 1_000
/** More changes than this at once are cheaper to answer with an empty cache. */
const MAX_PENDING = 1_000

/** What came over a channel and was not taken yet. */
export interface ChangeInbox {
  deliver(change: Change): void
  /**
   * Notes a proof: whatever was changed before `askedAt` has been delivered.
   * @param askedAt when the proof was asked for, by `performance.now()`.
   */
  prove(askedAt: number): void
  /** Notes that the channel broke: whatever happens until the next proof is unknown. */
  lose(): void
  /** What changed since the last call; 'unknown' after a gap; 'unreachable' while the channel is not proved. */
  take(): ChangesElsewhere
  /** Milliseconds since the last proof was asked for. */
  readonly lagMs: number
}

const NOTHING: readonly Change[] = []

/** Makes an inbox of a channel that is still to be proved. */
export function createChangeInbox(): ChangeInbox {
  let pending: Change[] = []
  let hasGap = true
  let provedAt = Number.NEGATIVE_INFINITY
  let provedAtWallClock = 0

  /** By two clocks: one that nobody sets, and one that goes on while the machine sleeps. */
  function isProved(): boolean {
    return performance.now() - provedAt <= TRUST_MS && Math.abs(Date.now() - provedAtWallClock) <= TRUST_MS
  }

  function forget(): void {
    hasGap = true
    pending = []
  }

  return {
    deliver(change) {
      if (hasGap) return
      if (pending.length >= MAX_PENDING) forget()
      else pending.push(change)
    },
    prove(askedAt) {
      if (!isProved()) forget()
      provedAt = askedAt
      provedAtWallClock = Date.now() - (performance.now() - askedAt)
    },
    lose() {
      forget()
      provedAt = Number.NEGATIVE_INFINITY
    },
    take() {
      if (!isProved()) return 'unreachable'
      if (hasGap) {
        hasGap = false
        return 'unknown'
      }
      if (pending.length === 0) return NOTHING
      const changes = pending
      pending = []
      return changes
    },
    get lagMs() {
      return performance.now() - provedAt
    },
  }
}
