/** Members that every event of the audit log has. */
export interface AuditEntry {
  /** UUIDv7: ids sort by time, as far as the clocks of the nodes agree. */
  readonly id: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly type: string
  /** The user that the event is about. After the user is deleted, the id belongs to no user. */
  readonly userId: string | null
  /**
   * The id of the user that caused the event, the actor name of a server-side call, or null if the caller was not
   * logged in.
   */
  readonly actor: string | null
  readonly sessionId: string | null
  readonly requestId: string | null
}
