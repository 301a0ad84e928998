/** One mail to one person. */
export interface Message {
  /**
   * The same at every attempt to send this mail, and no other mail's: what stands between the angle brackets of its
   * Message-ID (RFC 5322 section 3.6.4), such as `0199b2c4-…@example.com`. A mail that arrives twice is known by it.
   */
  readonly id: string
  /** The address alone, without a name. */
  readonly to: string
  readonly subject: string
  /** Complete without the HTML. */
  readonly text: string
  readonly html: string
}

/**
 * Hands a mail to whatever delivers it. Resolved: it is theirs now. Rejected with `MailRefused`: nobody will ever
 * receive it. Rejected with anything else: it is tried again later, with the same `id`.
 */
export type Mailer = (message: Message) => Promise<void>

/** The recipient was refused for good: trying again would change nothing. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}
