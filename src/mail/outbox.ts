import { v7 as uuidv7 } from 'uuid'
import type { Sealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Language } from '../kernel/language.ts'
import type { MailContent, NewMail, Outbox } from '../kernel/outbox.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'

/** The sealed part of an email, as JSON. Null for a decoy. */
export type SealedMail<Content extends MailContent> =
  | (Pick<NewMail, 'to'> & {
      readonly content: Content
      /** The language of the request that caused the email; absent if there was none, and in emails of version 0.1. */
      readonly language?: Language | undefined
    })
  | null

/** Dependencies of `createOutbox`. */
export interface OutboxDeps {
  readonly sealer: Sealer
  readonly clock: Clock
  /** Returns the language of the current request; undefined outside of a request. */
  readonly language: () => Language | undefined
}

/** Creates the outbox. Only processes that know the secrets of `sealer` can read the emails in it. */
export function createOutbox({ sealer, clock, language }: OutboxDeps): Outbox {
  const toOutgoing = (
    text: string,
    { userId, isUrgent = false }: Pick<NewMail, 'userId' | 'isUrgent'>,
  ): OutgoingMail[] => [{ id: uuidv7(), userId, sealed: sealer.seal(text), createdAt: clock(), isUrgent }]
  return {
    isOff: false,
    write({ to, content, ...options }) {
      const sealed: SealedMail<MailContent> = { to, content, language: language() }
      return toOutgoing(JSON.stringify(sealed), options)
    },
    writeDecoy: (like, options) => toOutgoing('null'.padEnd(JSON.stringify(like).length), { ...options, userId: null }),
  }
}

/** The outbox of a service without a mailer. It writes nothing. */
export const NO_OUTBOX: Outbox = { isOff: true, write: () => [], writeDecoy: () => [] }
