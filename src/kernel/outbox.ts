import type { EmailAddress } from './email-address.ts'
import type { UserId } from './ids.ts'
import type { OutgoingMail } from './outgoing-mail.ts'

/** Content of an email: plain data. `kind` names the template that renders it. */
export interface MailContent {
  readonly kind: string
}

/** An email to write. */
export interface NewMail {
  readonly to: EmailAddress
  /** The user whose account the email is about; null if it is not about an account. */
  readonly userId: UserId | null
  readonly content: MailContent
  /** True if a user who lost access to the account waits for the email. It is sent before others. Default false. */
  readonly isUrgent?: boolean
}

/** Writes emails. An email is sent after the transaction that stores it. */
export interface Outbox {
  /** True if this service does not send email: then `write` and `writeDecoy` return an empty list. */
  readonly isOff: boolean
  /** Returns the sealed email, ready to be stored. */
  write(mail: NewMail): readonly OutgoingMail[]
  /**
   * Returns a decoy: storing it costs the same as storing a real email, and it is deleted instead of sent. The response
   * for an unknown email address therefore takes as long as the response for a known one.
   * @param like the content that a real email would have, and whether it would be urgent.
   */
  writeDecoy(like: MailContent, options?: Pick<NewMail, 'isUrgent'>): readonly OutgoingMail[]
}
