import { createSealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import type { MailContent, Outbox } from '../kernel/outbox.ts'
import { languageOfRequest } from '../kernel/request-language.ts'
import { type DeliveryDeps, type MailDelivery, startDelivery } from './deliver-mails.ts'
import { createDevelopmentMailer, type DevelopmentMailer } from './development-mailer.ts'
import { createMailCounts, type MailCount } from './mail-counts.ts'
import type { Mailer } from './message.ts'
import { createOutbox, NO_OUTBOX } from './outbox.ts'
import type { Compose } from './render-letter.ts'

/** Options of `createMailing`. */
export interface MailingOptions<Content extends MailContent> {
  /** Newest first. They seal the emails in the outbox. */
  readonly secrets: readonly Uint8Array[]
  /** Default: emails are printed in development, and are not sent in production. */
  readonly mailer?: Mailer | undefined
  /** Keeps the emails in development. Default: a mailbox of this process. */
  readonly developmentMailer?: DevelopmentMailer | undefined
  /** True if every caller may read the emails. */
  readonly isDevelopment: boolean
  /** Renders an email when it is sent. */
  readonly compose: Compose<Content>
  /** The host in message ids. */
  readonly host: string
  /** False if other processes send the emails that this process writes. */
  readonly deliverMails: boolean
  /** Number of emails that this process sends at the same time. */
  readonly mailsAtOnce: number
  readonly clock: Clock
}

/** The parts of sending emails that the rest of an instance uses. */
export interface Mailing<Kind extends string> {
  /** False if emails are never sent. Features that need email are then not available. */
  readonly isOn: boolean
  readonly outbox: Outbox
  /** Takes the emails in development; null if they are really sent. */
  readonly developmentMailer: DevelopmentMailer | null
  /** Returns the outcomes of attempts since the process started. */
  counts(): readonly MailCount<Kind>[]
  /** Starts to send the emails in the outbox, unless other processes do that. */
  start(deps: Pick<DeliveryDeps<MailContent>, 'mails' | 'stamp' | 'onError'>): void
  /** Looks for a new email immediately. */
  wake(): void
  /** Resolves when the mailer has taken the current email, or after 5 seconds. */
  stop(): Promise<void>
}

/** Decides from the options how emails are sent. */
export function createMailing<Content extends MailContent>(options: MailingOptions<Content>): Mailing<Content['kind']> {
  const { secrets, compose, host, deliverMails, mailsAtOnce: atOnce, clock } = options
  const developmentMailer = chooseDevelopmentMailer(options)
  const mailer = options.mailer ?? developmentMailer?.send
  if (mailer === undefined) return NO_MAILING
  const sealer = createSealer(secrets, 'mail')
  const counts = createMailCounts<Content['kind']>()
  let delivery: MailDelivery | null = null
  return {
    isOn: true,
    outbox: createOutbox({ sealer, clock, language: languageOfRequest }),
    developmentMailer,
    counts: counts.list,
    start(deps) {
      if (deliverMails) delivery = startDelivery({ ...deps, mailer, sealer, compose, host, counts, atOnce, clock })
    },
    wake: () => delivery?.wake(),
    async stop() {
      await delivery?.stop()
    },
  }
}

const NO_MAILING: Mailing<never> = {
  isOn: false,
  outbox: NO_OUTBOX,
  developmentMailer: null,
  counts: () => [],
  start: () => undefined,
  wake: () => undefined,
  stop: async () => undefined,
}

function chooseDevelopmentMailer({
  mailer,
  developmentMailer,
  isDevelopment,
  clock,
}: Pick<MailingOptions<never>, 'mailer' | 'developmentMailer' | 'isDevelopment' | 'clock'>): DevelopmentMailer | null {
  if (mailer !== undefined || !isDevelopment) return null
  return developmentMailer ?? createDevelopmentMailer(clock, (line) => process.stdout.write(`${line}\n`))
}
