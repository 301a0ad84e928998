import type { Clock } from '../kernel/clock.ts'
import { hasScopes, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { requireFreshSession, requireSession } from '../sessions/freshness.ts'
import type { SessionSettings } from '../sessions/settings.ts'

/** What `require` asks of a principal. */
export interface Requirement {
  /** The user proved their identity within the freshness limit (10 minutes by default). */
  readonly fresh?: boolean
  /** Scopes that the principal must have, all of them. A session has every scope. */
  readonly scopes?: readonly string[]
  /** The principal must be a session; an access token is refused. */
  readonly session?: boolean
}

/**
 * Checks a requirement.
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
