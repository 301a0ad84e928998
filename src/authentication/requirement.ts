import type { Clock } from '../kernel/clock.ts'
import { hasScopes, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { requireFreshSession, requireSession } from '../sessions/freshness.ts'
import type { SessionSettings } from '../sessions/settings.ts'

/** Conditions that `require` checks. */
export interface Requirement {
  /** If true, the user must have proved their identity within the freshness limit (10 minutes by default). Default false. */
  readonly fresh?: boolean
  /** Scopes that the principal must have, all of them. A session has every scope. Default: none. */
  readonly scopes?: readonly string[]
  /** If true, the principal must be a session; an access token is refused. Default false. */
  readonly session?: boolean
}

/**
 * Checks that a principal meets a requirement.
 * @throws Refusal `insufficient_scope`, `reauthentication_required`.
 */
export function checkRequirement(
  deps: { readonly clock: Clock; readonly sessionSettings: SessionSettings },
  principal: Principal,
  { fresh = false, session = false, scopes = [] }: Requirement,
): void {
  if (session) requireSession(principal)
  if (fresh) requireFreshSession(deps, requireSession(principal).session)
  if (!hasScopes(principal, scopes)) throw new Refusal('insufficient_scope', { scopes })
}
