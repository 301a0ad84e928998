import type { Clock } from '../kernel/clock.ts'
import type { Emit } from '../kernel/event.ts'
import type { Session } from '../kernel/principal.ts'
import { type IssuedSession, type NewSessionInput, newSession } from './new-session.ts'
import type { SessionCache } from './session-cache.ts'
import type { SessionSettings } from './settings.ts'
import type { SessionStore } from './store.ts'

/** What the session actions work with. */
export interface SessionDeps {
  readonly sessions: SessionStore
  readonly cache: SessionCache
  readonly clock: Clock
  readonly settings: SessionSettings
}

/** A login that is complete, and the session of the same browser that it replaces. */
export interface StartSessionInput extends NewSessionInput {
  readonly replaces: Session | null
}

/**
 * Starts the session of a complete login; the one it replaces ends.
 * @returns null when the user was disabled, deleted or changed the password while the login was under way.
 */
export async function startSession(
  deps: SessionDeps,
  input: StartSessionInput,
  emit: Emit,
): Promise<IssuedSession | null> {
  const { record, session, token } = newSession(deps, input)
  const ended = await deps.sessions.start({
    record,
    securityEpoch: input.login.securityEpoch,
    replaces: input.replaces,
    maxPerUser: deps.settings.maxPerUser,
  })
  if (ended === null) return null
  for (const each of ended) {
    deps.cache.evictSession(each)
    emit({ type: 'session.revoked', userId: each.userId, sessionId: each.id })
  }
  return { session, token }
}
