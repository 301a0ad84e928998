import type { Clock } from '../kernel/clock.ts'
import type { Effects } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { IssuedSession, Session } from '../kernel/principal.ts'
import type { SessionEvent } from './events.ts'
import { type NewSessionInput, newSession } from './new-session.ts'
import type { SessionSettings } from './settings.ts'
import type { CompletedAttempt, SessionStore } from './store.ts'

/** Dependencies of the session actions. */
export interface SessionDeps {
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly sessionSettings: SessionSettings
}

/** A complete login, and the session of the same browser that it replaces. */
export interface StartSessionInput extends NewSessionInput {
  readonly replaces: Session | null
  /** The stored login attempt that the login completes. Default: none. */
  readonly attempt?: CompletedAttempt | null
  readonly stamp: Stamp<SessionEvent>
  /** Returns the events and emails of the new session. Events of revoked sessions are added to them. */
  readonly effectsOf: (session: Session) => Effects
}

/**
 * Starts the session of a complete login, and revokes the session that it replaces.
 * @returns null if the user was disabled, deleted or changed the password during the login, or if the attempt has expired or
 *   another request completed it.
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
  return ended === null ? null : issued
}
