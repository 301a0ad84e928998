import type { Stamp } from '../kernel/event.ts'
import type { UseCollector } from '../kernel/use-collector.ts'
import type { SessionEvent } from './events.ts'
import type { SessionDeps } from './start-session.ts'
import type { Touch } from './store.ts'

const BATCH = 500

/** What sweeping works with. */
export type SweepDeps = Pick<SessionDeps, 'clock' | 'sessions'> & { readonly touches: UseCollector<Touch> }

/**
 * Deletes the sessions that are past their limits (ASVS 14.2.7), in batches that never hold the database for long.
 * Uses that are still to be written are written first: they may have moved a limit.
 */
export async function sweepSessions(
  { clock, sessions, touches }: SweepDeps,
  stamp: Stamp<SessionEvent>,
): Promise<number> {
  await touches.flush()
  let total = 0
  for (;;) {
    const { ended, mayBeMore } = await sessions.sweep(clock(), BATCH, (expired) => ({
      events: expired.map(({ id, userId }) => stamp({ type: 'session.expired', userId, sessionId: id })),
    }))
    total += ended.length
    if (!mayBeMore) return total
  }
}
