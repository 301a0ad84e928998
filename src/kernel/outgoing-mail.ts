/** A mail that waits to be sent. To whom and what is sealed: links in it are secrets. */
export interface OutgoingMail {
  /** UUIDv7; also the stable part of the Message-ID, so that a mail that comes twice is known to be one. */
  readonly id: string
  /** Whose account it is about; null when there is none. It goes when the account goes. */
  readonly userId: string | null
  /** Address and content, sealed. */
  readonly sealed: string
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}
