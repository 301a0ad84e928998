import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionEvent } from './events.ts'
import type { SessionDeps } from './start-session.ts'

/** What ending sessions works with. */
export type RevokeDeps = Pick<SessionDeps, 'sessions'>

/**
 * Ends one session of the user.
 * @throws not_found for an unknown id and for somebody else's, which look alike.
 */
export async function revokeSession(
  deps: RevokeDeps,
  userId: UserId,
  id: SessionId | null,
  stamp: Stamp<SessionEvent>,
): Promise<void> {
  const revoked = id !== null && (await endSession(deps, userId, id, stamp))
  if (!revoked) throw new Refusal('not_found', { detail: 'There is no such session.' })
}

/** Ends one session of the user if it is there. */
export async function endSession(
  deps: RevokeDeps,
  userId: UserId,
  id: SessionId,
  stamp: Stamp<SessionEvent>,
): Promise<boolean> {
  return deps.sessions.revoke(userId, id, onlyEvents(stamp({ type: 'session.revoked', userId, sessionId: id })))
}

/** Ends all sessions of the user but one; says how many. */
export async function revokeOtherSessions(
  deps: RevokeDeps,
  userId: UserId,
  keep: SessionId | null,
  stamp: Stamp<SessionEvent>,
): Promise<number> {
  return deps.sessions.revokeAll(userId, keep, (ended) => ({
    events: [stamp({ type: 'sessions.revoked', userId, count: ended })],
  }))
}
