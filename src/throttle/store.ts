import type { Limit } from './limits.ts'

/** State of a counter after an attempt was counted. Times are milliseconds since 1970 UTC. */
export interface Counted {
  /** Attempts so far, including this one. */
  readonly count: number
  /** Attempts before this time are refused. */
  readonly blockedUntil: number
  /** When the counter expires. */
  readonly expiresAt: number
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
   * Returns the refusal that an attempt would get now, or null if it would be counted. It writes nothing, so that refusing many
   * attempts is cheap. Only `take` decides.
   */
  look(key: string, limit: Limit, now: number): Promise<NotTaken | null>
  /** Gives back a counted attempt, and the wait that only this attempt caused. Deletes the counter if no other attempt is left. Does
   * nothing if the counter was deleted. */
  giveBack(key: string, limit: Limit, counted: Counted): Promise<void>
  /** Deletes a counter. */
  forget(key: string): Promise<void>
  /** Deletes at most `limit` expired counters. Returns true if there may be more. */
  sweep(now: number, limit: number): Promise<boolean>
}
