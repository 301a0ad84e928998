import type { Principal, SessionPrincipal } from '../kernel/principal.ts'

/** What `principalOf` may ask for: the principal of a session. */
export interface SessionOnly {
  readonly session: true
}

/** The member with the principal of a request. Other middleware may write `request.auth` too, but not here. */
const PRINCIPAL = Symbol('latchkey.principal')

interface WithPrincipal {
  auth?: unknown
  [PRINCIPAL]?: Principal | null
}

/** Stores the principal of a request, also as `request.auth`. */
export function setPrincipal(request: object, principal: Principal | null): void {
  const own: WithPrincipal = request
  own[PRINCIPAL] = principal
  own.auth = principal
}

/**
 * Returns the principal of a request.
 * @param guard the guard that is missing if the request has none: `put requireAuth(auth) before this handler`.
 * @throws Error if there is none, or if it is not a session although one is asked for.
 */
export function readPrincipal(
  request: { readonly auth?: unknown },
  wanted: SessionOnly | undefined,
  guard: string,
): Principal {
  const principal = isPrincipal(request.auth) ? request.auth : (request as WithPrincipal)[PRINCIPAL]
  if (!isPrincipal(principal)) throw new Error(`No principal: ${guard}.`)
  if (wanted?.session === true && !isSession(principal)) {
    throw new Error(`The principal is an access token: ${guard.replace('(auth)', '(auth, { session: true })')}.`)
  }
  return principal
}

function isPrincipal(value: unknown): value is Principal {
  return typeof value === 'object' && value !== null && 'kind' in value && 'user' in value
}

function isSession(principal: Principal): principal is SessionPrincipal {
  return principal.kind === 'session'
}
