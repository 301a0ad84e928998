import type { NotedEvent } from '../kernel/event.ts'
import type { OutgoingMail } from '../mail/outgoing-mail.ts'

/** What is written in the transaction of what happened, all or nothing. */
export interface Told {
  readonly events: readonly NotedEvent[]
  readonly mails?: readonly OutgoingMail[]
}

/**
 * Says what is to be told of an outcome. The storage calls it within the transaction, and only when something happened;
 * listeners hear of the events after the commit.
 */
export type Tell<Outcome = unknown> = (outcome: Outcome) => Told

/** Tells one event, whatever the outcome. */
export function tellOnly(...events: readonly NotedEvent[]): Tell {
  return () => ({ events })
}
