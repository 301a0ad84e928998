/*
 * Sends the emails in the outbox. Every node does this, but only one node at a time leases an email. A node deletes an
 * email from the outbox after the mailer has taken it. If the process dies between the two, the email is sent again
 * with the same id (at least once). Proven by `test/mail-delivery.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sealer } from '../crypto/sealed-text.ts'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { MailContent } from '../kernel/outbox.ts'
import type { MailEvent } from './events.ts'
import type { CountedKind, MailCounts } from './mail-counts.ts'
import { type Mailer, MailRefused } from './message.ts'
import type { SealedMail } from './outbox.ts'
import type { RenderedMail } from './render-letter.ts'
import type { LeasedMail, MailStore } from './store.ts'

/** Dependencies of `startDelivery`. */
export interface DeliveryDeps<Content extends MailContent> {
  readonly mails: MailStore
  readonly sealer: Sealer
  readonly mailer: Mailer
  /** Renders an email. Throws if this version does not know its kind. */
  readonly compose: (content: Content) => RenderedMail
  /** The host in message ids. */
  readonly host: string
  readonly counts: MailCounts<Content['kind']>
  readonly clock: Clock
  readonly stamp: Stamp<MailEvent>
  readonly onError: (error: unknown) => void
}

const BATCH = 20
/** Time for which a node leases an email; it is longer than a mailer may take. */
const LEASE_MS = 2 * MINUTE_MS
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 2 * HOUR_MS
/** An email that could not be sent for this long is given up. Most links in it have expired by then. */
const GIVE_UP_AFTER_MS = 3 * DAY_MS
/** Interval at which a node looks for postponed emails, and for emails that a dead node leased. */
const LOOK_INTERVAL_MS = 5 * SECOND_MS
/** How long `stop` waits for the mailer to take an email. */
const STOP_MS = 5 * SECOND_MS

/** Sends emails until it is stopped. */
export interface MailDelivery {
  /** Looks for a new email immediately. */
  wake(): void
  /** Resolves when the mailer has taken the current email, or after 5 seconds. */
  stop(): Promise<void>
}

/** Starts to send emails. */
export function startDelivery<Content extends MailContent>(parts: DeliveryDeps<Content>): MailDelivery {
  const stopping = new AbortController()
  let isOver = false
  const deps: DeliveryDeps<Content> = {
    ...parts,
    onError(error) {
      if (!isOver) parts.onError(error) // after `stop` the storage is closed, and the lease of the email expires
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

/** Sends the emails that are due. */
async function deliverDue<Content extends MailContent>(
  deps: DeliveryDeps<Content>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const now = deps.clock()
    const leased = await deps.mails.lease(now, now + LEASE_MS, BATCH)
    for (const [index, mail] of leased.entries()) {
      // After the lease, another node may send the rest.
      if (deps.clock() >= now + LEASE_MS / 2) return
      if (signal.aborted) return putBack(deps, leased.slice(index))
      await deliver(deps, mail)
    }
    if (leased.length < BATCH) return
  }
}

async function putBack(
  { mails, clock }: Pick<DeliveryDeps<MailContent>, 'mails' | 'clock'>,
  leased: readonly LeasedMail[],
): Promise<void> {
  for (const { id } of leased) await mails.postpone(id, clock())
}

async function deliver<Content extends MailContent>(deps: DeliveryDeps<Content>, mail: LeasedMail): Promise<void> {
  const { mails, mailer, sealer, compose, host, counts } = deps
  const text = sealer.open(mail.sealed)
  // Another node may know a newer secret, because secrets are changed node by node. This node leaves the email to it.
  if (text === null) {
    const error = new Error('None of the secrets opens an email in the outbox')
    return handleFailure(deps, { ...mail, kind: 'unreadable' }, error)
  }
  const sealed = JSON.parse(text) as SealedMail<Content> // `createOutbox` wrote it, and `compose` checks the kind
  if (sealed !== null) {
    const { to, content } = sealed
    try {
      await mailer({ id: `${mail.id}@${host}`, to, ...compose(content) })
    } catch (error) {
      return handleFailure(deps, { ...mail, kind: content.kind }, error)
    }
    counts.add(content.kind, 'sent')
  }
  await mails.strike(mail.id)
}

/** An email that was not sent. */
interface FailedMail<Kind extends string> extends LeasedMail {
  readonly kind: CountedKind<Kind>
}

async function handleFailure<Content extends MailContent>(
  deps: DeliveryDeps<Content>,
  mail: FailedMail<Content['kind']>,
  error: unknown,
): Promise<void> {
  if (error instanceof MailRefused) return giveUp(deps, mail, 'the recipient was refused')
  deps.onError(error)
  const now = deps.clock()
  if (now - mail.createdAt >= GIVE_UP_AFTER_MS) return giveUp(deps, mail, 'it could not be sent for three days')
  deps.counts.add(mail.kind, 'failed')
  await deps.mails.postpone(mail.id, now + Math.min(FIRST_PAUSE_MS * 2 ** mail.tries, LONGEST_PAUSE_MS))
}

async function giveUp<Content extends MailContent>(
  deps: DeliveryDeps<Content>,
  { id, userId, kind }: FailedMail<Content['kind']>,
  reason: string,
): Promise<void> {
  deps.counts.add(kind, 'given_up')
  await deps.mails.giveUp(id, () => ({ events: [deps.stamp({ type: 'mail.failed', userId, mailId: id, reason })] }))
}
