/*
 * Latchkey in Express 4 and 5: middleware, and the type of `req.auth`. Imports nothing from Express, so its handlers fit
 * every framework that calls `(request, response, next)`, such as NestJS on Express. Proved by
 * test/adapters/adapters.test.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authenticateNow, requireNow } from '../authentication/immediate.ts'
import type { Requirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal, SessionPrincipal } from '../kernel/principal.ts'
import { refuseSurplus } from '../kernel/surplus-arguments.ts'
import { isForLatchkey, setTarget } from './incoming.ts'
import { answerRefusal, createNodeEntry } from './node.ts'
import { readPrincipal, type SessionOnly, setPrincipal } from './principal-of.ts'
import { requireInstance } from './require-instance.ts'

declare global {
  namespace Express {
    interface Request {
      /** The principal of the request, or null; undefined if neither `latchkey` nor `requireAuth` ran. */
      auth?: Principal | null | undefined
    }
  }
}

/** The members of an Express request that the middleware uses. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl: string
  auth?: Principal | null | undefined
}

/** The members that every Express request has, whichever type another package declares for `auth`. */
type AnyExpressRequest = IncomingMessage & { originalUrl: string }

/** Middleware for every version of Express. It passes errors to `next`, because Express 4 does not catch rejections. */
export type ExpressMiddleware = (
  request: AnyExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Responds to all requests under `auth.basePath`. For all other requests sets `req.auth` and renews the cookie of a
 * remembered session. Use it before body parsers.
 */
export function latchkey(auth: Latchkey): ExpressMiddleware {
  requireInstance('latchkey', auth)
  const toLatchkey = createNodeEntry(auth)
  const authenticate = authenticateNow(auth)
  return (request, response, next) => {
    if (isForLatchkey(request.originalUrl, auth)) {
      setTarget(request, request.originalUrl) // a router may have removed its own path
      toLatchkey(request, response).catch(next)
      return
    }
    pass(auth, { request, response, next }, () => authenticate(request, response))
  }
}

/**
 * Admits requests that meet the requirement, and sets `req.auth`. Refuses all others with problem details. It
 * authenticates again, which costs no query, so a session revoked while the body was read is refused.
 * @throws ConfigurationError, when it is created, if the requirement is wrong.
 */
export function requireAuth(auth: Latchkey, requirement?: Requirement): ExpressMiddleware
export function requireAuth(auth: Latchkey, requirement?: Requirement, ...surplus: unknown[]): ExpressMiddleware {
  refuseSurplus('requireAuth', 2, surplus)
  requireInstance('requireAuth', auth)
  auth.checkRequirement(requirement)
  const require = requireNow(auth)
  return (request, response, next) => pass(auth, { request, response, next }, () => require(request, requirement))
}

/** Refuses unsafe methods that a browser sends from pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): ExpressMiddleware {
  requireInstance('crossOrigin', auth)
  return (request, response, next) => {
    try {
      auth.refuseCrossOrigin(request)
    } catch (error) {
      answerRefusal(auth, response, error).catch(next)
      return
    }
    next()
  }
}

/**
 * Returns the principal of the request, on routes behind `requireAuth`.
 * @param wanted `{ session: true }` behind `requireAuth(auth, { session: true })`: the principal is a session, also in its type.
 * @throws Error if the route lacks that guard.
 */
export function principalOf(request: { readonly auth?: unknown }, wanted: SessionOnly): SessionPrincipal
export function principalOf(request: { readonly auth?: unknown }, wanted?: SessionOnly): Principal
export function principalOf(request: { readonly auth?: unknown }, wanted?: SessionOnly): Principal {
  return readPrincipal(request, wanted, 'put requireAuth(auth) before this handler')
}

interface Turn {
  readonly request: AnyExpressRequest
  readonly response: ServerResponse
  readonly next: (error?: unknown) => void
}

/** Stores the principal and continues, at once if the principal is in memory. */
function pass(
  auth: Latchkey,
  { request, response, next }: Turn,
  find: () => Principal | null | Promise<Principal | null>,
): void {
  const refuse = (error: unknown): void => void answerRefusal(auth, response, error).catch(next)
  let found: Principal | null | Promise<Principal | null>
  try {
    found = find()
  } catch (error) {
    refuse(error)
    return
  }
  if (found instanceof Promise) {
    // An error of the next handler is not a refusal of ours.
    found
      .then((principal) => setPrincipal(request, principal))
      .then(() => next(), refuse)
      .catch(next)
    return
  }
  setPrincipal(request, found)
  next()
}
