/*
 * Sends what waits in the outbox. Every node does; a mail is leased by one of them at a time. A mail is struck out after
 * the mailer took it: when a process dies between the two it is sent again, under the same id (at least once).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sealer } from '../crypto/sealed-text.ts'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { MailEvent } from './events.ts'
import type { CountedKind, MailCounts } from './mail-counts.ts'
import { type Mailer, MailRefused } from './message.ts'
import { composeMessage } from './messages.ts'
import type { LeasedMail, MailStore } from './store.ts'
import type { MailTexts } from './texts.ts'
import type { SealedMail } from './write-mail.ts'

/** What delivering works with. */
export interface DeliveryDeps {
  readonly mails: MailStore
  readonly sealer: Sealer
  readonly mailer: Mailer
  readonly siteName: string
  readonly texts: MailTexts
  /** The host in message ids. */
  readonly host: string
  readonly counts: MailCounts
  readonly clock: Clock
  readonly stamp: Stamp<MailEvent>
  readonly onError: (error: unknown) => void
}

const BATCH = 20
/** Longer than a mailer may take. */
const LEASE_MS = 2 * MINUTE_MS
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 2 * HOUR_MS
/** A mail that could not be sent for so long is given up; its links are dead by then. */
const GIVE_UP_AFTER_MS = 3 * DAY_MS
/** How often a node looks for mails that were put off, or that another node left behind. */
const LOOK_INTERVAL_MS = 5 * SECOND_MS
/** How long `stop` waits for a mail that is being handed over. */
const STOP_MS = 5 * SECOND_MS

/** Delivers mails until it is stopped. */
export interface MailDelivery {
  /** There is a new mail: look at once. */
  wake(): void
  /** Resolves when the mail that is being handed over has gone, or after 5 s. */
  stop(): Promise<void>
}

/** Starts delivering. */
export function startDelivery(parts: DeliveryDeps): MailDelivery {
  const stopping = new AbortController()
  let isOver = false
  const deps: DeliveryDeps = {
    ...parts,
    onError(error) {
      if (!isOver) parts.onError(error) // the storage is closed by then, and the lease of the mail ends by itself
    },
  }
  let isWanted = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false
      await deliverDue(deps, stopping.signal).catch(deps.onError)
    }
    running = null
  }
  function wake(): void {
    isWanted = true
    running ??= run()
  }
  const timer = setInterval(wake, LOOK_INTERVAL_MS).unref()
  wake()
  return {
    wake,
    async stop() {
      clearInterval(timer)
      stopping.abort()
      if (running !== null) await Promise.race([running, sleep(STOP_MS, undefined, { ref: false })])
      isOver = true
    },
  }
}

/** Sends what is due now. */
async function deliverDue(deps: DeliveryDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = deps.clock()
    const leased = await deps.mails.lease(now, now + LEASE_MS, BATCH)
    for (const [index, mail] of leased.entries()) {
      // Time has passed since the lease began: what it no longer covers is somebody's else by now.
      if (deps.clock() >= now + LEASE_MS / 2) return
      if (signal.aborted) return putBack(deps, leased.slice(index))
      await deliver(deps, mail)
    }
    if (leased.length < BATCH) return
  }
}

async function putBack({ mails, clock }: DeliveryDeps, leased: readonly LeasedMail[]): Promise<void> {
  for (const { id } of leased) await mails.postpone(id, clock())
}

async function deliver(deps: DeliveryDeps, mail: LeasedMail): Promise<void> {
  const { mails, mailer, sealer, siteName, texts, host, counts } = deps
  const text = sealer.open(mail.sealed)
  // Another node may know a newer secret: while secrets are changed node by node, this one leaves the mail to it.
  if (text === null) {
    const error = new Error('None of the secrets opens a mail that waits')
    return handleFailure(deps, { ...mail, kind: 'unreadable' }, error)
  }
  const sealed = JSON.parse(text) as SealedMail // `createMailWriter` wrote it
  if (sealed !== null) {
    const { to, content } = sealed
    try {
      await mailer({ id: `${mail.id}@${host}`, to, ...composeMessage(content, siteName, texts) })
    } catch (error) {
      return handleFailure(deps, { ...mail, kind: content.kind }, error)
    }
    counts.add(content.kind, 'sent')
  }
  await mails.strike(mail.id)
}

/** A mail that was not sent. */
interface FailedMail extends LeasedMail {
  readonly kind: CountedKind
}

async function handleFailure(deps: DeliveryDeps, mail: FailedMail, error: unknown): Promise<void> {
  if (error instanceof MailRefused) return giveUp(deps, mail, 'the recipient was refused')
  deps.onError(error)
  const now = deps.clock()
  if (now - mail.createdAt >= GIVE_UP_AFTER_MS) return giveUp(deps, mail, 'it could not be sent for three days')
  deps.counts.add(mail.kind, 'failed')
  await deps.mails.postpone(mail.id, now + Math.min(FIRST_PAUSE_MS * 2 ** mail.tries, LONGEST_PAUSE_MS))
}

async function giveUp(deps: DeliveryDeps, { id, userId, kind }: FailedMail, reason: string): Promise<void> {
  deps.counts.add(kind, 'given_up')
  await deps.mails.giveUp(id, () => ({ events: [deps.stamp({ type: 'mail.failed', userId, mailId: id, reason })] }))
}
