import { createSealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import { type DeliveryDeps, type MailDelivery, startDelivery } from './deliver-mails.ts'
import { createDevelopmentMailer, type DevelopmentMailer } from './development-mailer.ts'
import { createMailCounts, type MailCount } from './mail-counts.ts'
import type { Mailer } from './message.ts'
import { createMailTexts, type MailTextOverrides } from './texts.ts'
import { createMailWriter, type MailWriter, noMailWriter } from './write-mail.ts'

/** How a service sends mail. */
export interface MailingOptions {
  /** Newest first; they seal what waits in the outbox. */
  readonly secrets: readonly Uint8Array[]
  /** Absent: mails are printed in development, and not sent in production. */
  readonly mailer?: Mailer | undefined
  /** Whether mails may be shown to whoever asks. */
  readonly isDevelopment: boolean
  readonly siteName: string
  /** The host in message ids. */
  readonly host: string
  readonly texts?: MailTextOverrides | undefined
  /** False: others send what this process writes. */
  readonly deliverMails?: boolean | undefined
  readonly clock: Clock
}

/** Mail, as the rest of the house uses it. */
export interface Mailing {
  /** False: nothing is ever sent, and what needs mail is not to be offered. */
  readonly isOn: boolean
  readonly writer: MailWriter
  /** Where mails go in development; null when they are really sent. */
  readonly developmentMailer: DevelopmentMailer | null
  /** What came of mails so far. */
  counts(): readonly MailCount[]
  /** Starts to send what waits, unless other processes do that. */
  start(deps: Pick<DeliveryDeps, 'mails' | 'stamp' | 'onError'>): void
  /** Tells the delivery that there is a new email. */
  wake(): void
  /** Resolves when the email that is being handed over has gone, or after 5 s. */
  stop(): Promise<void>
}

/** Decides how mails are sent. */
export function createMailing(options: MailingOptions): Mailing {
  const { secrets, siteName, host, texts, deliverMails = true, clock } = options
  const developmentMailer = chooseDevelopmentMailer(options)
  const mailer = options.mailer ?? developmentMailer?.send
  if (mailer === undefined) return NO_MAILING
  const sealer = createSealer(secrets, 'mail')
  const counts = createMailCounts()
  let delivery: MailDelivery | null = null
  return {
    isOn: true,
    writer: createMailWriter({ sealer, clock }),
    developmentMailer,
    counts: counts.list,
    start(deps) {
      if (!deliverMails) return
      delivery = startDelivery({
        ...deps,
        mailer,
        sealer,
        siteName,
        host,
        counts,
        clock,
        texts: createMailTexts(texts),
      })
    },
    wake: () => delivery?.wake(),
    async stop() {
      await delivery?.stop()
    },
  }
}

const NO_MAILING: Mailing = {
  isOn: false,
  writer: noMailWriter,
  developmentMailer: null,
  counts: () => [],
  start: () => undefined,
  wake: () => undefined,
  stop: async () => undefined,
}

function chooseDevelopmentMailer({ mailer, isDevelopment, clock }: MailingOptions): DevelopmentMailer | null {
  if (mailer !== undefined || !isDevelopment) return null
  return createDevelopmentMailer(clock, (line) => process.stdout.write(`${line}\n`))
}
