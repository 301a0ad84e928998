import { v7 as uuidv7 } from 'uuid'
import type { Sealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import type { MailContent, NewMail, Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'

/** The sealed part of an email, as JSON. Null for a decoy. */
export type SealedMail<Content extends MailContent> = (Pick<NewMail, 'to'> & { readonly content: Content }) | null

/** Creates the outbox. Only processes that know the secrets of `sealer` can read the emails in it. */
export function createOutbox({ sealer, clock }: { readonly sealer: Sealer; readonly clock: Clock }): Outbox {
  const toOutgoing = (
    text: string,
    { userId, isUrgent = false }: Pick<NewMail, 'userId' | 'isUrgent'>,
  ): OutgoingMail[] => [{ id: uuidv7(), userId, sealed: sealer.seal(text), createdAt: clock(), isUrgent }]
  return {
    isOff: false,
    write({ to, content, ...options }) {
      const sealed: SealedMail<MailContent> = { to, content }
      return toOutgoing(JSON.stringify(sealed), options)
    },
    writeDecoy: (like, options) => toOutgoing('null'.padEnd(JSON.stringify(like).length), { ...options, userId: null }),
  }
}

/** The outbox of a service without a mailer. It writes nothing. */
export const NO_OUTBOX: Outbox = { isOff: true, write: () => [], writeDecoy: () => [] }
