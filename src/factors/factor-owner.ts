import type { Clock } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { IssuedSession, Method, SessionPrincipal, User } from '../kernel/principal.ts'
import type { LoginEvent } from '../login/events.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../sessions/security-epoch.ts'
import type { SessionStore } from '../sessions/store.ts'

/** The user of a session that changes factors, and the security epoch of the session. */
export interface FactorOwner {
  readonly user: User
  /** A change is not stored if all sessions of the user were revoked in the meantime. */
  readonly securityEpoch: number
}

/** The user of a login that sets up a first factor, or of a session. */
export interface FirstFactorOwner extends FactorOwner {
  /** The factor is refused if the user has one of these. Default: none, for a user who is logged in. */
  readonly mustLack?: readonly Method[]
}

/** Returns the user and the security epoch of their session. Throws `unauthenticated` if the session was revoked. */
export async function ownerOf(
  deps: SecurityEpochDeps,
  { user }: SessionPrincipal,
  token: string,
): Promise<FactorOwner> {
  return { user, securityEpoch: await requireSecurityEpoch(deps, token) }
}

/** Dependencies of `renewSession`. */
export interface RenewSessionDeps {
  readonly sessions: SessionStore
  readonly clock: Clock
}

/** The session whose user proved a new factor. */
export interface ProvenFactor {
  readonly principal: SessionPrincipal
  readonly owner: FactorOwner
  readonly token: string
  readonly method: Method
}

/**
 * Gives the session a new token, because its user proved the new factor. Returns null if the session was revoked in the
 * meantime.
 */
export async function renewSession(
  { sessions, clock }: RenewSessionDeps,
  { principal, owner, token, method }: ProvenFactor,
  stamp: Stamp<LoginEvent>,
): Promise<IssuedSession | null> {
  const { rotation, issued } = planRotation(principal, token, clock(), { method })
  const { userId, id: sessionId } = principal.session
  const proven = stamp({ type: 'reauthentication.succeeded', userId, sessionId })
  return (await sessions.rotate(rotation, owner.securityEpoch, onlyEvents(proven))) ? issued : null
}
