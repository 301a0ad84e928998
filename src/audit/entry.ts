/** What every event of the audit has, whoever reads it. */
export interface AuditEntry {
  /** UUIDv7: in the order of time, as far as the clocks of the nodes agree. */
  readonly id: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly type: string
  /** Whom it is about. When the user is gone, the id is that of nobody. */
  readonly userId: string | null
  /** Who did it: the id of a user, the name under which server-side calls act, or null for anybody. */
  readonly actor: string | null
  readonly sessionId: string | null
  readonly requestId: string | null
}
