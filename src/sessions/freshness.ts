import type { Principal, Session, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { SessionDeps } from './start-session.ts'

/** Who logged in. Throws insufficient_scope for access tokens: they manage no credentials, sessions or other tokens. */
export function requireSession(principal: Principal): SessionPrincipal {
  if (principal.kind === 'session') return principal
  throw new Refusal('insufficient_scope', { detail: 'This takes a session: no access token may do it.' })
}

/** Throws reauthentication_required when the last proof of identity is older than the freshness limit. */
export function requireFreshSession(
  { clock, sessionSettings }: Pick<SessionDeps, 'clock' | 'sessionSettings'>,
  session: Session,
): void {
  if (clock() - session.authenticatedAt >= sessionSettings.freshMs) throw new Refusal('reauthentication_required')
}
