import type { Clock } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { UserId } from '../../kernel/ids.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { RecoveryEvent } from './events.ts'
import type { FactorRemovalStore } from './store.ts'

/** Dependencies of `cancelRecovery`. */
export interface CancelRecoveryDeps {
  readonly factorRemovals: FactorRemovalStore
  readonly clock: Clock
}

/**
 * Cancels the recovery of a user, and the removals that administrators announced.
 * @throws Refusal `not_found` if none waits.
 */
export async function cancelRecovery(
  { factorRemovals, clock }: CancelRecoveryDeps,
  userId: UserId,
  stamp: Stamp<RecoveryEvent>,
): Promise<void> {
  const cancelled = stamp({ type: 'recovery.cancelled', userId })
  if (!(await factorRemovals.cancel(userId, clock(), onlyEvents(cancelled)))) throw noRecovery()
}

/** Returns the refusal if no removal of factors waits. */
export function noRecovery(): Refusal {
  return new Refusal('not_found', { detail: 'No recovery is waiting.' })
}
