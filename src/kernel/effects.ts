import type { StampedEvent } from './event.ts'
import type { OutgoingMail } from './outgoing-mail.ts'

/** What is written in the transaction of what happened, all or nothing. */
export interface Effects {
  readonly events: readonly StampedEvent[]
  readonly mails?: readonly OutgoingMail[]
}

/**
 * Says what is to be told of an outcome. The storage calls it within the transaction, and only when something happened;
 * listeners hear of the events after the commit.
 */
export type EffectsOf<Outcome = unknown> = (outcome: Outcome) => Effects

/** Tells one event, whatever the outcome. */
export function onlyEvents(...events: readonly StampedEvent[]): EffectsOf {
  return () => ({ events })
}
