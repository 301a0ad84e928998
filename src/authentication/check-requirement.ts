import { z } from 'zod'
import { acceptConfiguration, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import { type ClientPrincipal, hasScopes, type Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import {
  type FreshnessDeps,
  requireFreshGrant,
  requireFreshSession,
  requireMethod,
  requireSession,
} from '../sessions/freshness.ts'
import type { ClientRequirement, Requirement } from './requirement.ts'

/** The words that the requirements of an instance can have. */
export interface RequirementWords {
  /** The scopes of the service. */
  readonly scopes: readonly string[]
  /** URLs of other APIs that tokens of apps can be for. */
  readonly resources: readonly string[]
  /** The methods that a login can prove. */
  readonly methods: readonly string[]
}

/**
 * Returns a function that refuses wrong requirements. A misspelt condition that is ignored would let every principal in.
 * @returns a function that throws ConfigurationError.
 */
export function createRequirementCheck({
  scopes,
  resources,
  methods,
}: RequirementWords): (requirement: unknown) => void {
  const known = scopes.length === 0 ? 'this service has none: set the option scopes' : `they are ${scopes.join(', ')}`
  const noScope = `must be a scope of this service; ${known}`
  const schema = strictMembers({
    fresh: booleanSchema.optional(),
    session: booleanSchema.optional(),
    client: booleanSchema.optional(),
    resource: z.enum(resources, 'must be one of the option oauth.resources').optional(),
    methods: z
      .array(
        z.enum(methods, `must be a method of this service; they are ${methods.join(', ')}`),
        'must be a list of methods',
      )
      .min(1, 'must have at least one method')
      .optional(),
    scopes: z.array(z.enum(scopes, noScope), `must be a list of scopes of this service; ${known}`).optional(),
  })
  return (requirement) => void acceptConfiguration('require', schema, requirement)
}

/**
 * Checks that a principal meets a requirement. The check is a promise only for `fresh`.
 * @throws Refusal `insufficient_scope`, `reauthentication_required`, `insufficient_user_authentication`.
 */
export function checkRequirement(
  deps: FreshnessDeps,
  principal: Principal,
  { fresh = false, session = false, scopes = [], methods }: Requirement,
): void | Promise<void> {
  if (session) requireSession(principal)
  if (methods !== undefined) requireMethod(requireSession(principal).session, methods)
  if (!hasScopes(principal, scopes)) throw new Refusal('insufficient_scope', { scopes })
  if (!fresh) return undefined
  // An app is accepted only by an action that names the scopes for it.
  if (principal.kind === 'oauth_grant' && scopes.length > 0) return requireFreshGrant(deps, principal)
  return requireFreshSession(deps, requireSession(principal).session)
}

/**
 * Returns an app without a user if the requirement accepts one, and the app meets it.
 * @throws Refusal `insufficient_scope`.
 */
export function requireClient(
  client: ClientPrincipal,
  requirement: Requirement & Partial<Pick<ClientRequirement, 'client'>>,
): ClientPrincipal {
  const { client: isAccepted = false, session = false, fresh = false, methods, scopes = [] } = requirement
  if (!isAccepted || session || fresh || methods !== undefined) {
    throw new Refusal('insufficient_scope', { detail: 'This action requires a user. An app alone is not enough.' })
  }
  if (!hasScopes(client, scopes)) throw new Refusal('insufficient_scope', { scopes })
  return client
}
