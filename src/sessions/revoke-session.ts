import { tellOnly } from '../audit/tell.ts'
import type { Note } from '../kernel/event.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionDeps } from './start-session.ts'

/** What ending sessions works with. */
export type RevokeDeps = Pick<SessionDeps, 'sessions' | 'cache'>

/**
 * Ends one session of the user.
 * @throws not_found for an unknown id and for somebody else's, which look alike.
 */
export async function revokeSession(deps: RevokeDeps, userId: UserId, id: SessionId | null, note: Note): Promise<void> {
  const revoked = id !== null && (await endSession(deps, userId, id, note))
  if (!revoked) throw new Refusal('not_found', { detail: 'There is no such session.' })
}

/** Ends one session of the user if it is there. */
export async function endSession(deps: RevokeDeps, userId: UserId, id: SessionId, note: Note): Promise<boolean> {
  const revoked = await deps.sessions.revoke(
    userId,
    id,
    tellOnly(note({ type: 'session.revoked', userId, sessionId: id })),
  )
  deps.cache.evictSession({ id, userId })
  return revoked
}

/** Ends all sessions of the user but one; says how many. */
export async function revokeOtherSessions(
  deps: RevokeDeps,
  userId: UserId,
  keep: SessionId | null,
  note: Note,
): Promise<number> {
  const count = await deps.sessions.revokeAll(userId, keep, (ended) => ({
    events: [note({ type: 'sessions.revoked', userId, count: ended })],
  }))
  deps.cache.evictUser(userId)
  return count
}
