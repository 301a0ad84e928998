import { v7 as uuidv7 } from 'uuid'
import type { Sealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'
import type { MessageContent } from './messages.ts'

/** A mail to be. */
export interface NewMail {
  readonly to: EmailAddress
  /** Whose account it is about; null when there is none. */
  readonly userId: UserId | null
  readonly content: MessageContent
}

/** What is sealed of a mail. Null for one that is never sent, see `writeNoMail`. */
export type SealedMail = Pick<NewMail, 'to' | 'content'> | null

/** Writes mails for the outbox. */
export interface MailWriter {
  /** True where this service sends no mail. */
  readonly isOff: boolean
  /** The mail, ready to be stored; none where this service sends no mail. */
  write(mail: NewMail): readonly OutgoingMail[]
  /**
   * A mail to nobody: it costs the same to store, and is thrown away where others are sent. So the answer to an unknown
   * address takes as long as the answer to a known one (DESIGN promise 7).
   */
  writeNone(like: MessageContent): readonly OutgoingMail[]
}

/** Makes the writer. What it seals, only processes with our secrets can read. */
export function createMailWriter({ sealer, clock }: { readonly sealer: Sealer; readonly clock: Clock }): MailWriter {
  const outgoing = (userId: UserId | null, text: string): OutgoingMail[] => [
    { id: uuidv7(), userId, sealed: sealer.seal(text), createdAt: clock() },
  ]
  return {
    isOff: false,
    write({ to, userId, content }) {
      const sealed: SealedMail = { to, content }
      return outgoing(userId, JSON.stringify(sealed))
    },
    writeNone: (like) => outgoing(null, 'null'.padEnd(JSON.stringify(like).length)),
  }
}

/** Where no mailer is configured: writes nothing. */
export const noMailWriter: MailWriter = { isOff: true, write: () => [], writeNone: () => [] }
