import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { UserId } from '../kernel/ids.ts'
import type { OneTimeTokenStore } from '../one-time-tokens/store.ts'
import { listAllSessions } from '../sessions/list-sessions.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { AccountEvent } from './events.ts'
import type { UserStore } from './store.ts'

/** Dependencies of `findPendingChange` and `cancelEmailChange`. */
export interface PendingChangeDeps {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly oneTimeTokens: OneTimeTokenStore
  readonly clock: Clock
}

/** Returns the email address that the account gets when its owner opens the latest link; null if no change is pending. */
export async function findPendingChange(
  { users, sessions, clock }: PendingChangeDeps,
  id: UserId,
): Promise<string | null> {
  const stored = await users.describe(id)
  const changes = (stored?.oneTimeTokens ?? []).filter(
    ({ purpose, expiresAt }) => purpose === 'email_change' && expiresAt > clock(),
  )
  if (changes.length === 0) return null
  // A request ends with the session that made it.
  const alive = new Set((await listAllSessions({ sessions, clock }, id)).map((session) => session.id))
  const pending = changes
    .filter(({ sessionId }) => sessionId === null || alive.has(sessionId))
    .toSorted((left, right) => right.createdAt - left.createdAt)
  return pending[0]?.email ?? null
}

/** Cancels every pending change of the email address: their links stop working. Returns false if none was pending. */
export async function cancelEmailChange(
  { oneTimeTokens }: PendingChangeDeps,
  userId: UserId,
  stamp: Stamp<AccountEvent>,
): Promise<boolean> {
  return oneTimeTokens.cancel(userId, 'email_change', onlyEvents(stamp({ type: 'email.change_cancelled', userId })))
}
