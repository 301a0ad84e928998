import type { Effects } from '../kernel/effects.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { ChainedRow, SealContent } from './chain.ts'
import type { AuditEntry } from './entry.ts'

/** An event as stored. */
export interface AuditRecord extends AuditEntry {
  /** Further members of the event, such as `reason`. */
  readonly detail: Readonly<Record<string, unknown>>
  /** IP address and user agent. Both are null if they are unknown, or were erased with the user. */
  readonly client: ClientInfo
  /** Number of the batch of the event; null until the event is sealed. Passing events are never sealed. */
  readonly batch: number | null
}

/** Query for events. */
export interface AuditQuery {
  readonly userId?: string | undefined
  readonly types?: readonly string[] | undefined
  /** Only events at this time or later, in milliseconds since 1970 UTC. */
  readonly since?: number | undefined
  /** Only events with a greater id. */
  readonly after?: string | undefined
  /** Only events with a smaller id. */
  readonly before?: string | undefined
  readonly newestFirst: boolean
  readonly limit: number
}

/** A row as the chain covers it, with the data that its digest is checked against. */
export interface AuditRow extends ChainedRow {
  readonly ip: string | null
  readonly userAgent: string | null
  /** Null if IP address and user agent were erased. */
  readonly personalSalt: string | null
  /** True if the user that the event is about still exists. */
  readonly hasUser: boolean
}

/** A batch with its seal, read in one transaction. */
export interface SealedBatch extends SealContent {
  readonly hash: string
  /** When the rows were deleted after the retention time, in milliseconds since 1970 UTC; null if they still exist. */
  readonly removedAt: number | null
  readonly rows: readonly AuditRow[]
}

/** Which batches of the audit log are deleted. */
export interface AuditRemoval {
  /** Only batches whose last event is older than this, in milliseconds since 1970 UTC. */
  readonly before: number
  readonly now: number
}

/** Storage of the audit log. */
export interface AuditStore {
  /** Writes events that have no transaction of their own, such as refusals, and then notifies the listeners. */
  write(effects: Effects): Promise<void>
  list(query: AuditQuery): Promise<AuditRecord[]>
  /**
   * Seals the oldest unsealed rows, at most `limit`; returns their number. If several nodes call it at once, one of
   * them seals.
   */
  seal(now: number, limit: number): Promise<number>
  /** Returns the sealed batches after a batch number, in order, at most `limit`. Empty if there are none. */
  readBatches(after: number, limit: number): Promise<SealedBatch[]>
  /** Returns the number of unsealed rows. */
  countUnsealed(): Promise<number>
  /** Returns the numbers of batches that rows refer to but that have no seal. */
  findBatchesWithoutSeal(): Promise<number[]>
  /**
   * Deletes passing events before a time, the oldest first, at most `limit`; returns their number. An event is passing if a
   * client caused it, it is about no user, and nothing changed.
   */
  removePassing(before: number, limit: number): Promise<number>
  /**
   * Deletes the rows of the oldest batch and keeps its seal. Returns false if the batch is not old enough or does not
   * exist.
   */
  removeOldestBatch(removal: AuditRemoval): Promise<boolean>
}
