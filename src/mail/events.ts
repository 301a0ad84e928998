import type { EventTable } from '../kernel/event.ts'

/** Events about emails. */
export interface MailEvent {
  readonly type: 'mail.failed'
  /** Null if the email is not about a user. */
  readonly userId: string | null
  readonly mailId: string
  readonly reason: string
}

/** Descriptions of the email events, for the documentation. */
export const MAIL_EVENTS = {
  'mail.failed': {
    description: 'An email could not be delivered and is not tried again.',
    fields: { userId: 'null if the email is not about a user', mailId: null, reason: null },
    sentence: null,
  },
} as const satisfies EventTable<MailEvent>
