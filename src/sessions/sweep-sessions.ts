import type { Stamp } from '../kernel/event.ts'
import { BATCH } from '../kernel/in-batches.ts'
import type { UseCollector } from '../kernel/use-collector.ts'
import type { SessionEvent } from './events.ts'
import type { SessionDeps } from './start-session.ts'
import type { Touch } from './store.ts'

/** Dependencies of `sweepSessions`. */
export type SweepDeps = Pick<SessionDeps, 'clock' | 'sessions'> & { readonly touches: UseCollector<Touch> }

/**
 * Deletes expired sessions (ASVS 14.2.7), in batches that never lock the database for long. Uses that are not written yet are
 * written first, because they may extend the idle limit. Returns the number of deleted sessions.
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
