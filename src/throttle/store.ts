import type { Limit } from './limits.ts'

/** Where a counter stood after a try was counted. Times are milliseconds since 1970 UTC. */
export interface Counted {
  /** Tries so far, this one included. */
  readonly count: number
  /** No further try is counted before. */
  readonly blockedUntil: number
  /** When the counter is forgotten. */
  readonly expiresAt: number
}

/** Why a try is refused: one has to wait, or all tries are spent. */
export interface NotTaken {
  readonly outcome: 'wait' | 'spent'
  readonly retryAt: number
}

/** What became of a try: counted; or refused and not counted. */
export type Taken = ({ readonly outcome: 'counted' } & Counted) | NotTaken

/**
 * What limits ask of storage. Every method is atomic over all nodes, and throws the refusal `unavailable` when the storage
 * does not answer: a counter that cannot be read allows nothing.
 */
export interface CounterStore {
  /** Counts a try, before whatever it tries is checked, so that tries at the same moment cannot exceed the limit. */
  take(key: string, limit: Limit, now: number): Promise<Taken>
  /**
   * Says without writing anything whether a try would be refused now; null: it would be counted. For floods, which are
   * to cost little; what decides is `take`.
   */
  look(key: string, limit: Limit, now: number): Promise<NotTaken | null>
  /** Takes a counted try back, and the wait that it alone began. Does nothing when the counter was forgotten since. */
  giveBack(key: string, limit: Limit, counted: Counted): Promise<void>
  /** Forgets a counter. */
  forget(key: string): Promise<void>
  /** Deletes up to so many counters that have expired; says whether there may be more. */
  sweep(now: number, limit: number): Promise<boolean>
}
