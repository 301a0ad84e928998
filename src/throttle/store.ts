import type { Budget, Limit } from './limits.ts'

/** State of a counter after an attempt was counted. Times are milliseconds since 1970 UTC. */
export interface Counted {
  /** Attempts so far, including this one. */
  readonly count: number
  /** Attempts before this time are refused. */
  readonly blockedUntil: number
  /** When the counter expires. */
  readonly expiresAt: number
}

/** An attempt that was counted. */
export interface CountedTry extends Budget {
  readonly counted: Counted
}

/** A refused attempt: the caller must wait, or the budget is used up. */
export interface NotTaken {
  readonly outcome: 'wait' | 'spent'
  readonly retryAt: number
}

/** Result of an attempt: it was counted, or it was refused and not counted. */
export type Taken = ({ readonly outcome: 'counted' } & Counted) | NotTaken

/**
 * Storage of counters. Every method is atomic over all nodes, and throws the refusal `unavailable` if the storage does not
 * answer: without counters, no attempt is allowed.
 */
export interface CounterStore {
  /** Counts an attempt. Call it before the proof is checked, so that attempts at the same time cannot exceed the limit. */
  take(key: string, limit: Limit, now: number): Promise<Taken>
  /**
   * Returns the refusals that an attempt would get now, in the order of the budgets; null if it would be counted. It costs one
   * read and writes nothing, so that refusing many attempts is cheap. Only `take` decides.
   */
  look(budgets: readonly Budget[], now: number): Promise<readonly (NotTaken | null)[]>
  /**
   * Gives back counted attempts, and the waits that only these attempts caused. Deletes a counter if no other attempt is left. Does
   * nothing to a counter that was deleted.
   */
  giveBack(tries: readonly CountedTry[]): Promise<void>
  /** Deletes a counter. */
  forget(key: string): Promise<void>
  /** Deletes at most `limit` expired counters. Returns true if there may be more. */
  sweep(now: number, limit: number): Promise<boolean>
}
