import type { Told } from './tell.ts'

/** What the audit asks of storage. */
export interface AuditStore {
  /** Writes what has no transaction of its own, such as a refusal; listeners hear of it then. */
  write(told: Told): Promise<void>
}
