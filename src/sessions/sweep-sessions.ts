import type { Emit } from '../kernel/event.ts'
import type { SessionDeps } from './start-session.ts'

const BATCH = 500

/** Deletes the sessions that are past their limits (ASVS 14.2.7), in batches that never hold the database for long. */
export async function sweepSessions(
  { cache, clock, sessions }: Pick<SessionDeps, 'cache' | 'clock' | 'sessions'>,
  emit: Emit,
): Promise<number> {
  let total = 0
  for (;;) {
    const deleted = await sessions.deleteExpired(clock(), BATCH)
    for (const { id, userId } of deleted) {
      cache.evictSession(id)
      emit({ type: 'session.expired', userId, sessionId: id })
    }
    total += deleted.length
    if (deleted.length < BATCH) return total
  }
}
