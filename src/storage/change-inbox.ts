/*
 * Changes that other processes push to this one, and the proof that their channel works. Readers also learn when
 * changes may be missing: a process that cannot hear the others stops trusting its cache (DESIGN promise 2).
 */
import type { Change, ChangesElsewhere } from '../sessions/store.ts'

/** Milliseconds between two proofs of a channel. */
export const PROOF_INTERVAL_MS = 250
/** The channel counts as lost after this many milliseconds without a proof. */
const TRUST_MS = 1_000
/** Above this number of changes, an empty cache costs less than handling them one by one. */
const MAX_PENDING = 1_000

/** The changes that arrived over a channel and have not been taken yet. */
export interface ChangeInbox {
  /** Stores a change. An unknown one makes the whole cache out of date. */
  deliver(change: Change | 'unknown'): void
  /**
   * Records a proof: all changes from before `askedAt` have been delivered.
   * @param askedAt when the proof was requested, by `performance.now()`.
   */
  prove(askedAt: number): void
  /** Records that the channel broke: changes until the next proof may be missing. */
  lose(): void
  /** Returns the changes since the last call; 'unknown' after a gap; 'unreachable' while the channel is not proved. */
  take(): ChangesElsewhere
  /** Milliseconds since the last successful proof was requested. */
  readonly lagMs: number
}

const NOTHING: readonly Change[] = []

/** Creates an inbox for a channel that has not been proved yet. */
export function createChangeInbox(): ChangeInbox {
  let pending: Change[] = []
  let hasGap = true
  let provedAt = Number.NEGATIVE_INFINITY
  let provedAtWallClock = 0

  /** Compares two clocks: one that nothing can set back, and one that keeps running while the machine sleeps. */
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
      if (change === 'unknown' || pending.length >= MAX_PENDING) forget()
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
