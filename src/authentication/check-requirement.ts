import { z } from 'zod'
import { acceptConfiguration, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import { hasScopes, isMethod, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type FreshnessDeps, requireFreshSession, requireMethod, requireSession } from '../sessions/freshness.ts'
import type { Requirement } from './requirement.ts'

/**
 * Returns a function that refuses wrong requirements. A misspelt condition that is ignored would let every principal in.
 * @param scopes the scopes of the service.
 * @returns a function that throws ConfigurationError.
 */
export function createRequirementCheck(scopes: readonly string[]): (requirement: unknown) => void {
  const known = scopes.length === 0 ? 'this service has none: set the option scopes' : `they are ${scopes.join(', ')}`
  const noScope = `must be a scope of this service; ${known}`
  const schema = strictMembers({
    fresh: booleanSchema.optional(),
    session: booleanSchema.optional(),
    methods: z
      .array(
        z.string('must be a method').refine(isMethod, 'must be a method, such as totp'),
        'must be a list of methods',
      )
      .min(1, 'must have at least one method')
      .optional(),
    scopes: z.array(z.enum(scopes, noScope), `must be a list of scopes of this service; ${known}`).optional(),
  })
  return (requirement) => void acceptConfiguration('require', schema, requirement)
}

/**
 * Checks that a principal meets a requirement.
 * @throws Refusal `insufficient_scope`, `reauthentication_required`.
 */
export async function checkRequirement(
  deps: FreshnessDeps,
  principal: Principal,
  { fresh = false, session = false, scopes = [], methods }: Requirement,
): Promise<void> {
  if (session) requireSession(principal)
  if (methods !== undefined) requireMethod(requireSession(principal).session, methods)
  if (fresh) await requireFreshSession(deps, requireSession(principal).session)
  if (!hasScopes(principal, scopes)) throw new Refusal('insufficient_scope', { scopes })
}
