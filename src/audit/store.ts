import type { Effects } from '../kernel/effects.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { ChainedRow, SealContent } from './chain.ts'
import type { AuditEntry } from './entry.ts'

/** An event as it is stored. */
export interface AuditRecord extends AuditEntry {
  /** Whatever else the event says, such as `reason`. */
  readonly detail: Readonly<Record<string, unknown>>
  /** Null in both: unknown, or taken away with the user. */
  readonly client: ClientInfo
  /** The sealed batch that it is in; null until it is sealed. */
  readonly batch: number | null
}

/** Which events are asked for. */
export interface AuditQuery {
  readonly userId?: string | undefined
  readonly types?: readonly string[] | undefined
  /** That happened at this time or later, milliseconds since 1970 UTC. */
  readonly since?: number | undefined
  /** With an id after this one. */
  readonly after?: string | undefined
  /** With an id before this one. */
  readonly before?: string | undefined
  readonly newestFirst: boolean
  readonly limit: number
}

/** A row as the chain sees it, with what its digest is checked against. */
export interface AuditRow extends ChainedRow {
  readonly ip: string | null
  readonly userAgent: string | null
  /** Null when address and user agent were taken away. */
  readonly personalSalt: string | null
  /** True while the user whom it is about is there. */
  readonly hasUser: boolean
}

/** A batch with its seal, read at one moment. */
export interface SealedBatch extends SealContent {
  readonly hash: string
  /** When its rows were deleted after their time, milliseconds since 1970 UTC; null while they are kept. */
  readonly removedAt: number | null
  readonly rows: readonly AuditRow[]
}

/** Which batches of the audit are deleted. */
export interface AuditRemoval {
  /** Only a batch whose last event is older than this, milliseconds since 1970 UTC. */
  readonly before: number
  readonly now: number
}

/** What the audit asks of storage. */
export interface AuditStore {
  /** Writes what has no transaction of its own, such as a refusal; listeners hear of it then. */
  write(effects: Effects): Promise<void>
  list(query: AuditQuery): Promise<AuditRecord[]>
  /** Seals the oldest rows that are not sealed, at most `limit`; says how many. Of several nodes at once, one does it. */
  seal(now: number, limit: number): Promise<number>
  /** Sealed batches after a number, in order, at most `limit`. */
  readBatches(after: number, limit: number): Promise<SealedBatch[]>
  /** How many rows are not sealed. */
  countUnsealed(): Promise<number>
  /** Numbers of batches that rows name and that have no seal. */
  findBatchesWithoutSeal(): Promise<number[]>
  /** Deletes the rows of the oldest batch and keeps its seal. False when it is not old enough, or there is none. */
  removeOldestBatch(removal: AuditRemoval): Promise<boolean>
}
