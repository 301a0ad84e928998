import type { Clock } from '../kernel/clock.ts'
import type { Effects } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { IssuedSession, Session } from '../kernel/principal.ts'
import type { SessionEvent } from './events.ts'
import { type NewSessionInput, newSession } from './new-session.ts'
import type { SessionSettings } from './settings.ts'
import type { CompletedAttempt, SessionStore } from './store.ts'

/** What the session actions work with. */
export interface SessionDeps {
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly sessionSettings: SessionSettings
}

/** A login that is complete, and the session of the same browser that it replaces. */
export interface StartSessionInput extends NewSessionInput {
  readonly replaces: Session | null
  /** The stored attempt that the login completes. Default none. */
  readonly attempt?: CompletedAttempt | null
  readonly stamp: Stamp<SessionEvent>
  /** What is told of the session, besides those that end for it. */
  readonly effectsOf: (session: Session) => Effects
}

/**
 * Starts the session of a complete login; the one it replaces ends.
 * @returns null when the user was disabled, deleted or changed the password while the login was under way, or the attempt
 *   was completed by another request or has expired.
 */
export async function startSession(deps: SessionDeps, input: StartSessionInput): Promise<IssuedSession | null> {
  const { stamp, effectsOf, login, replaces, attempt = null } = input
  const { record, issued } = newSession(deps, input)
  const { maxPerUser } = deps.sessionSettings
  const start = { record, securityEpoch: login.securityEpoch, replaces, maxPerUser, attempt }
  const ended = await deps.sessions.start(start, (endedForIt) => {
    const { events, mails = [] } = effectsOf(issued.session)
    const endings = endedForIt.map(({ id, userId }) => stamp({ type: 'session.revoked', userId, sessionId: id }))
    return { events: [...events, ...endings], mails }
  })
  if (ended === null) return null
  return issued
}
