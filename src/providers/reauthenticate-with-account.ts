import { SECOND_MS } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import { enrolledSteps, type SecondFactors } from '../kernel/login-step.ts'
import type { IssuedSession, SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { LoginEvent } from '../login/events.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { planRotation } from '../sessions/rotate-session.ts'
import { requireSecurityEpoch } from '../sessions/security-epoch.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import type { FinishedFlow } from './finish-flow.ts'
import { methodOf, type Provider } from './provider.ts'
import { providerRefused } from './provider-errors.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import type { IdentityStore } from './store.ts'

/** Difference between the clock of the provider and ours. */
const TOLERANCE_MS = 60 * SECOND_MS

/** Dependencies of `reauthenticateWithAccount`. */
export interface ReauthenticateWithAccountDeps extends SessionDeps {
  readonly identities: IdentityStore
  readonly secondFactors: Pick<SecondFactors, 'steps'>
}

/** The session that becomes fresh, and what the provider proved. */
export interface AccountReauthentication extends FinishedFlow {
  readonly provider: Provider
  readonly principal: SessionPrincipal
  readonly sessionToken: string
  /** When the round began: milliseconds since 1970 UTC. */
  readonly startedAt: number
}

/**
 * Confirms the identity of the user with a new login at a linked provider, so that the session is fresh again. The session
 * keeps its id and gets a new token.
 * @throws Refusal `provider_cannot_confirm` if the account is not linked to the user, or the login at the provider is older than
 *   the round; `provider_refused`; `unauthenticated` if the session was revoked in the meantime.
 */
export async function reauthenticateWithAccount(
  deps: ReauthenticateWithAccountDeps,
  { provider, principal, sessionToken, account, proof, startedAt }: AccountReauthentication,
  stamp: Stamp<LoginEvent>,
): Promise<IssuedSession> {
  const securityEpoch = await requireSecurityEpoch(deps, sessionToken)
  if ((await enrolledSteps(deps.secondFactors.steps, principal.user.id)).length > 0) {
    throw new Refusal(LOGIN_REFUSALS.second_factor_required) // set up while the user was at the provider
  }
  const spent = await deps.identities.spend(proof, account)
  if (spent === null) throw providerRefused('the proof was used before')
  const isOwn = spent.owner?.user.id === principal.user.id
  const isNew = isWithin(account.loggedInAt, startedAt - TOLERANCE_MS, deps.clock() + TOLERANCE_MS)
  if (!isOwn || !isNew) {
    const reason = isOwn ? 'the login at the provider is not new' : 'the account is not linked to the user'
    throw new Refusal(PROVIDER_REFUSALS.provider_cannot_confirm, { reason })
  }
  const planned = planRotation(principal, sessionToken, deps.clock(), { method: methodOf(provider) })
  const { userId, id: sessionId } = principal.session
  const succeeded = stamp({ type: 'reauthentication.succeeded', userId, sessionId })
  const isRotated = await deps.sessions.rotate(planned.rotation, securityEpoch, onlyEvents(succeeded))
  if (!isRotated) throw new Refusal('unauthenticated', { reason: 'the session was revoked in the meantime' })
  return planned.issued
}

function isWithin(time: number | null, from: number, to: number): boolean {
  return time !== null && time >= from && time <= to
}
