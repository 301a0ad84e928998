import type { EffectsOf } from '../kernel/effects.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'

/** A mail that is this process's to send, until its lease ends. */
export interface LeasedMail extends OutgoingMail {
  /** Attempts before this one. */
  readonly tries: number
}

/** What sending asks of storage. Each method is one transaction. Times are milliseconds since 1970 UTC. */
export interface MailStore {
  /** Takes mails that are due, oldest first; nobody else is given them before `leaseEndsAt`. */
  lease(now: number, leaseEndsAt: number, limit: number): Promise<readonly LeasedMail[]>
  /** Strikes out a mail that was sent. */
  strike(id: string): Promise<void>
  /** Puts a mail off. */
  postpone(id: string, nextTryAt: number): Promise<void>
  /** Strikes out a mail that is given up, and tells so. */
  giveUp(id: string, effectsOf: EffectsOf): Promise<void>
}
