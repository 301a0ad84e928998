import type { Principal, Session, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionDeps } from './start-session.ts'

/**
 * Returns the principal if it is a session. Throws `insufficient_scope` for an access token: it must not manage credentials,
 * sessions or other tokens.
 */
export function requireSession(principal: Principal): SessionPrincipal {
  if (principal.kind === 'session') return principal
  throw new Refusal('insufficient_scope', { detail: 'This action requires a session. An access token is not enough.' })
}

/** Throws `reauthentication_required` if the last proof of identity is older than the freshness limit. */
export function requireFreshSession(
  { clock, sessionSettings }: Pick<SessionDeps, 'clock' | 'sessionSettings'>,
  session: Session,
): void {
  if (clock() - session.authenticatedAt >= sessionSettings.freshMs) throw new Refusal('reauthentication_required')
}
