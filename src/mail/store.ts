import type { EffectsOf } from '../kernel/effects.ts'
import type { OutgoingMail } from '../kernel/outgoing-mail.ts'

/** An email that only this process sends until its lease ends. */
export interface LeasedMail extends OutgoingMail {
  /** Attempts before this one. */
  readonly tries: number
  /** When it was due; `postpone` with this time puts it back. */
  readonly dueAt: number
  readonly isUrgent: boolean
}

/** Storage of the outbox. Each method is one transaction. Times are milliseconds since 1970-01-01 UTC. */
export interface MailStore {
  /** Leases emails that are due: urgent ones first, then the oldest. No other process gets them before `leaseEndsAt`. */
  lease(now: number, leaseEndsAt: number, limit: number): Promise<readonly LeasedMail[]>
  /** Deletes an email that was sent. */
  strike(id: string): Promise<void>
  /** Postpones an email until `nextTryAt`. */
  postpone(id: string, nextTryAt: number): Promise<void>
  /** Deletes an email that is given up, and stores the effects in the same transaction. */
  giveUp(id: string, effectsOf: EffectsOf): Promise<void>
}
