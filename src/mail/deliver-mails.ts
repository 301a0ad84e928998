/*
 * Sends the emails in the outbox, several at once; `mail-lines.ts` decides which is next. Every node does this, but only
 * one node at a time leases an email. A node deletes an email from the outbox after the mailer has taken it. If the process dies between the two, the email is sent again
 * with the same id (at least once). Proven by `test/mail-delivery.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sealer } from '../crypto/sealed-text.ts'
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { MailContent } from '../kernel/outbox.ts'
import type { MailEvent } from './events.ts'
import type { CountedKind, MailCounts } from './mail-counts.ts'
import { createMailLines } from './mail-lines.ts'
import { type Mailer, MailRefused } from './message.ts'
import type { SealedMail } from './outbox.ts'
import type { Compose } from './render-letter.ts'
import type { LeasedMail, MailStore } from './store.ts'

/** Dependencies of `startDelivery`. */
export interface DeliveryDeps<Content extends MailContent> {
  readonly mails: MailStore
  readonly sealer: Sealer
  readonly mailer: Mailer
  /** Renders an email. Throws if this version does not know its kind. */
  readonly compose: Compose<Content>
  /** The host in message ids. */
  readonly host: string
  readonly counts: MailCounts<Content['kind']>
  /** Number of emails that are sent at the same time. */
  readonly atOnce: number
  readonly clock: Clock
  readonly stamp: Stamp<MailEvent>
  readonly onError: (error: unknown) => void
}

/** Emails that a node leases and has not sent yet. */
const MAX_LEASED = 20
/** Time for which a node leases an email; it is longer than a mailer may take. */
const LEASE_MS = 2 * MINUTE_MS
const FIRST_PAUSE_MS = 10 * SECOND_MS
const LONGEST_PAUSE_MS = 2 * HOUR_MS
/** An email that could not be sent for this long is given up. Most links in it have expired by then. */
const GIVE_UP_AFTER_MS = 3 * DAY_MS
/** Interval at which a node looks for postponed emails, and for emails that a dead node leased. */
const LOOK_INTERVAL_MS = 5 * SECOND_MS
/** How long `stop` waits for the mailer to take the emails that it is sending. */
const STOP_MS = 5 * SECOND_MS

/** Sends emails until it is stopped. */
export interface MailDelivery {
  /** Looks for a new email immediately. */
  wake(): void
  /** Resolves when the mailer has taken the emails that it is sending, or after 5 seconds. */
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
  const lines = createMailLines<OpenedMail<Content>>(deps.atOnce)
  const sending = new Set<Promise<void>>()
  let isWanted = false
  let mayHaveMore = false
  let running: Promise<void> | null = null

  const nextMail = () => (stopping.signal.aborted ? null : lines.next())
  function sendNext(): void {
    for (let mail = nextMail(); mail !== null; mail = nextMail()) {
      const taken = mail
      const sent = deliver(deps, taken)
        .catch(deps.onError)
        .finally(() => {
          sending.delete(sent)
          lines.finish(taken)
          sendNext()
          if (mayHaveMore && lines.waiting < MAX_LEASED / 2) wake()
        })
      sending.add(sent)
    }
  }
  async function run(): Promise<void> {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false
      const limit = MAX_LEASED - lines.waiting
      const leased = limit === 0 ? [] : await lease(deps, limit).catch(deps.onError)
      mayHaveMore = leased?.length === limit
      lines.add(leased ?? [])
      sendNext()
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
      const ending = Promise.all([running, ...sending]).then(() => putBack(deps, lines.clear()))
      await Promise.race([ending.catch(deps.onError), sleep(STOP_MS, undefined, { ref: false })])
      isOver = true
    },
  }
}

/** A leased email. */
interface OpenedMail<Content extends MailContent> extends LeasedMail {
  /** Null for a decoy; undefined if none of our secrets opens it. */
  readonly opened: SealedMail<Content> | undefined
  readonly to: string
  readonly leasedAt: number
}

async function lease<Content extends MailContent>(
  { mails, sealer, clock }: DeliveryDeps<Content>,
  limit: number,
): Promise<OpenedMail<Content>[]> {
  const leasedAt = clock()
  const leased = await mails.lease(leasedAt, leasedAt + LEASE_MS, limit)
  return leased.map((mail) => {
    const text = sealer.open(mail.sealed)
    const opened = text === null ? undefined : (JSON.parse(text) as SealedMail<Content>) // `createOutbox` wrote it, and `compose` checks the kind
    return { ...mail, opened, to: opened?.to ?? '', leasedAt }
  })
}

async function putBack(
  { mails }: Pick<DeliveryDeps<MailContent>, 'mails'>,
  leased: readonly LeasedMail[],
): Promise<void> {
  for (const { id, dueAt } of leased) await mails.postpone(id, dueAt)
}

async function deliver<Content extends MailContent>(
  deps: DeliveryDeps<Content>,
  mail: OpenedMail<Content>,
): Promise<void> {
  const { mails, mailer, compose, host, counts } = deps
  if (deps.clock() >= mail.leasedAt + LEASE_MS / 2) return // after the lease, another node may send it
  // Another node may know a newer secret, because secrets are changed node by node. This node leaves the email to it.
  if (mail.opened === undefined) {
    const error = new Error('None of the secrets opens an email in the outbox')
    return handleFailure(deps, { ...mail, kind: 'unreadable' }, error)
  }
  if (mail.opened !== null) {
    const { to, content, language } = mail.opened
    try {
      await mailer({ id: `${mail.id}@${host}`, to, ...compose(content, language) })
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
