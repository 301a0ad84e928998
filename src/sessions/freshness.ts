import { enrolledSteps, type SecondFactors } from '../kernel/login-step.ts'
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

/** Throws `reauthentication_required` if the session has proven none of these methods. A proof of identity adds its method. */
export function requireMethod(session: Session, methods: readonly string[]): void {
  if (methods.some((method) => session.methods.includes(method))) return
  throw new Refusal('reauthentication_required', {
    detail: `This action requires a session that proved one of these methods: ${methods.join(', ')}.`,
  })
}

/** Returns true if the session is fresh; see `requireFreshSession`. */
export async function isFreshSession(
  { clock, sessionSettings, secondFactors: { steps } }: FreshnessDeps,
  { authenticatedAt, methods, userId }: Session,
): Promise<boolean> {
  if (clock() - authenticatedAt >= sessionSettings.freshMs) return false
  if (steps.some(({ method }) => methods.includes(method))) return true
  return (await enrolledSteps(steps, userId)).length === 0
}
