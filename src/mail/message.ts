/** One email to one recipient. */
export interface Message {
  /**
   * The text between the angle brackets of the Message-ID (RFC 5322 section 3.6.4), such as `0199b2c4-…@example.com`.
   * Each attempt to send this email has the same id, and no other email has it. A recipient can therefore recognise an
   * email that arrives twice.
   */
  readonly id: string
  /** The email address, without a name. */
  readonly to: string
  readonly subject: string
  /** The whole email as plain text. */
  readonly text: string
  readonly html: string
}

/**
 * Passes an email to the service that delivers it. Resolves when that service has taken the email. Rejects with
 * `MailRefused` if the recipient can never receive it. After any other error Latchkey retries later, with the same `id`.
 */
export type Mailer = (message: Message) => Promise<void>

/** The recipient was refused permanently. Latchkey does not retry. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}
