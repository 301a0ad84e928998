import { FIRST_SECURITY_EPOCH } from '../accounts/create-user.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { ClientInfo, IssuedSession, Method, SessionPrincipal, User } from '../kernel/principal.ts'
import type { LoginEvent } from '../login/events.ts'
import { beginLogin, completeLogin, proveStep } from '../login/login-attempt.ts'
import type { SessionEvent } from '../sessions/events.ts'
import { newSession } from '../sessions/new-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'

/** A registration that ends in a session. */
export interface FirstLogin {
  /** What the user registers with. It counts as proven, because the user just set it up. */
  readonly method: Method
  readonly client: ClientInfo
  readonly remember: boolean
  /** When the user proved it, in milliseconds since 1970 UTC, if that was before the registration. Default: now. */
  readonly provenAt?: number | null
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
}

/** The first session of a user, to be stored with the user. */
export interface FirstSession {
  readonly issued: IssuedSession
  readonly stored: { readonly firstSession: SessionRecord; readonly replaces: SessionRef | null }
  readonly events: readonly StampedEvent[]
}

/** Creates the first session of a new user, without storing it. */
export function newFirstSession(
  deps: Pick<SessionDeps, 'clock' | 'sessionSettings'>,
  user: User,
  { method, client, remember, provenAt = null, replaces }: FirstLogin,
  stamp: Stamp<LoginEvent | SessionEvent>,
): FirstSession {
  const subject = { userId: user.id, securityEpoch: FIRST_SECURITY_EPOCH }
  const login = completeLogin(proveStep(beginLogin(subject, [[method]]), method))
  const { issued, record } = newSession(deps, { user, login, remember, client, provenAt })
  const { id: sessionId, methods } = record.session
  const succeeded = stamp({ type: 'login.succeeded', userId: user.id, sessionId, methods })
  const ended = replaces === null ? [] : [endOf(replaces, stamp)]
  return {
    issued,
    stored: { firstSession: record, replaces: replaces?.session ?? null },
    events: [succeeded, ...ended],
  }
}

function endOf({ user, session }: SessionPrincipal, stamp: Stamp<SessionEvent>): StampedEvent {
  return stamp({ type: 'session.revoked', userId: user.id, sessionId: session.id })
}
