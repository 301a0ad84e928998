/** An email that waits to be sent. Its address and content are sealed, because links in it are secrets. */
export interface OutgoingMail {
  /** UUIDv7. It is part of the Message-ID, so that email programs recognize an email that arrives twice. */
  readonly id: string
  /** Id of the user whose account the email is about; null if there is none. Deleting the account deletes the email. */
  readonly userId: string | null
  /** Address and content, sealed. */
  readonly sealed: string
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
  /** A user who lost access to the account waits for it. It is sent before others. Default false. */
  readonly isUrgent?: boolean
}
