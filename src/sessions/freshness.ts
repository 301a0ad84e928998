import { SECOND_MS } from '../kernel/clock.ts'
import { enrolledSteps, type SecondFactors } from '../kernel/login-step.ts'
import type { OAuthPrincipal, Principal, Session, SessionPrincipal } from '../kernel/principal.ts'
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

/** Dependencies of `requireFreshSession`. */
export interface FreshnessDeps extends Pick<SessionDeps, 'clock' | 'sessionSettings'> {
  readonly secondFactors: Pick<SecondFactors, 'steps'>
}

/**
 * Throws `reauthentication_required` if the last proof of identity is older than the freshness limit, or if the user set up a
 * second factor that the session has not proven. Reads the factors only of a session without one.
 */
export async function requireFreshSession(deps: FreshnessDeps, session: Session): Promise<void> {
  if (!(await isFreshSession(deps, session))) throw new Refusal('reauthentication_required')
}

/**
 * Throws `insufficient_user_authentication` if the user's last proof for the app is older than the freshness limit, or lacks the second
 * factor that the user set up. The app then sends the user to us again (RFC 9470).
 */
export async function requireFreshGrant(
  deps: FreshnessDeps,
  { user, authenticatedAt, methods }: OAuthPrincipal,
): Promise<void> {
  const isRecent = deps.clock() - (authenticatedAt ?? 0) < deps.sessionSettings.freshMs
  const isStrong = await hasSecondFactor(deps.secondFactors, { methods, userId: user.id })
  if (isRecent && isStrong) return
  const maxAgeSeconds = Math.floor(deps.sessionSettings.freshMs / SECOND_MS)
  throw new Refusal('insufficient_user_authentication', {
    maxAgeSeconds,
    ...(isStrong ? {} : { acrValues: 'aal2' }),
  })
}

/** Throws `reauthentication_required` if the session has proven none of these methods. A proof of identity adds its method. */
export function requireMethod(session: Session, methods: readonly string[]): void {
  if (methods.some((method) => session.methods.includes(method))) return
  throw new Refusal('reauthentication_required', {
    detail: `This action requires a session that proved one of these methods: ${methods.join(', ')}.`,
  })
}

/** Returns true if the session is fresh; see `requireFreshSession`. */
export async function isFreshSession(
  { clock, sessionSettings, secondFactors }: FreshnessDeps,
  session: Pick<Session, 'authenticatedAt' | 'methods' | 'userId'>,
): Promise<boolean> {
  if (clock() - session.authenticatedAt >= sessionSettings.freshMs) return false
  return hasSecondFactor(secondFactors, session)
}

/** Returns true if a session has proven a second factor, or its user set up none. */
export async function hasSecondFactor(
  { steps }: FreshnessDeps['secondFactors'],
  { methods, userId }: Pick<Session, 'methods' | 'userId'>,
): Promise<boolean> {
  if (steps.some(({ method }) => methods.includes(method))) return true
  return (await enrolledSteps(steps, userId)).length === 0
}
