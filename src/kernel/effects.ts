import type { StampedEvent } from './event.ts'
import type { OutgoingMail } from './outgoing-mail.ts'

/** Events and emails of an action. The storage writes them in the transaction of the action, all or nothing. */
export interface Effects {
  readonly events: readonly StampedEvent[]
  readonly mails?: readonly OutgoingMail[]
}

/**
 * Returns the events and emails of an outcome. The storage calls it within the transaction, and only if the transaction
 * changed something. Listeners get the events after the commit.
 */
export type EffectsOf<Outcome = unknown> = (outcome: Outcome) => Effects

/** Returns the same events for every outcome, and no emails. */
export function onlyEvents(...events: readonly StampedEvent[]): EffectsOf {
  return () => ({ events })
}
