import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionEvent } from './events.ts'
import type { SessionDeps } from './start-session.ts'

/** Dependencies of the functions that revoke sessions. */
export type RevokeDeps = Pick<SessionDeps, 'sessions'>

/**
 * Revokes one session of the user.
 * @throws Refusal `not_found`, the same for an unknown id and for a session of another user.
 */
export async function revokeSession(
  deps: RevokeDeps,
  userId: UserId,
  id: SessionId | null,
  stamp: Stamp<SessionEvent>,
): Promise<void> {
  const revoked = id !== null && (await endSession(deps, userId, id, stamp))
  if (!revoked) throw new Refusal('not_found', { detail: 'This session does not exist.' })
}

/** Revokes one session of the user. Returns false if it does not exist. */
export async function endSession(
  deps: RevokeDeps,
  userId: UserId,
  id: SessionId,
  stamp: Stamp<SessionEvent>,
): Promise<boolean> {
  return deps.sessions.revoke(userId, id, onlyEvents(stamp({ type: 'session.revoked', userId, sessionId: id })))
}

/**
 * Revokes all sessions of the user except `keep`.
 * @param keep id of the session to keep; null: none.
 * @returns the number of revoked sessions.
 */
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
