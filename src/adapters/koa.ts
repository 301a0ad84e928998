/*
 * Latchkey in Koa 2 and 3: middleware, and the types of `ctx.state.auth`. Imports only types from Koa. Proved by
 * test/adapters/adapters.test.ts.
 */
import type { Context, Middleware } from 'koa'
import { authenticateNow, requireNow } from '../authentication/immediate.ts'
import type { Requirement, SessionRequirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal, SessionPrincipal } from '../kernel/principal.ts'
import { refuseSurplus } from '../kernel/surplus-arguments.ts'
import { isForLatchkey, setTarget } from './incoming.ts'
import { createNodeEntry } from './node.ts'
import { requireInstance } from './require-instance.ts'

/** State behind `latchkey`: the principal of the request, or null. `new Koa<AuthState>()` */
export interface AuthState {
  auth: Principal | null
}

/** State behind `requireAuth`: the principal of the request. */
export interface AuthenticatedState {
  auth: Principal
}

/** State behind `requireAuth(auth, { session: true })`: the principal of a session. */
export interface SessionState {
  auth: SessionPrincipal
}

/**
 * Responds to all requests under `auth.basePath`. For all other requests sets `ctx.state.auth` and renews the cookie of
 * a remembered session. Use it before body parsers.
 */
export function latchkey(auth: Latchkey): Middleware<AuthState> {
  requireInstance('latchkey', auth)
  const toLatchkey = createNodeEntry(auth)
  const authenticate = authenticateNow(auth)
  return async (context, next) => {
    const { req, res, originalUrl } = context
    if (isForLatchkey(originalUrl, auth)) {
      setTarget(req, originalUrl) // mounting middleware removes its own path
      context.respond = false
      await toLatchkey(req, res)
      return
    }
    try {
      const found = authenticate(req, res)
      context.state.auth = found instanceof Promise ? await found : found
    } catch (error) {
      await answer(context, auth.toResponse(error))
      return
    }
    return next()
  }
}

/**
 * Admits requests that meet the requirement, and sets `ctx.state.auth`. Refuses all others with problem details. It
 * authenticates again, which costs no query.
 * @throws ConfigurationError, when it is created, if the requirement is wrong.
 */
export function requireAuth(auth: Latchkey, requirement: SessionRequirement): Middleware<SessionState>
export function requireAuth(auth: Latchkey, requirement?: Requirement): Middleware<AuthenticatedState>
export function requireAuth(
  auth: Latchkey,
  requirement?: Requirement,
  ...surplus: unknown[]
): Middleware<AuthenticatedState> {
  refuseSurplus('requireAuth', 2, surplus)
  requireInstance('requireAuth', auth)
  auth.checkRequirement(requirement)
  const require = requireNow(auth)
  return async (context, next) => {
    try {
      const found = require(context.req, requirement)
      context.state.auth = found instanceof Promise ? await found : found
    } catch (error) {
      await answer(context, auth.toResponse(error))
      return
    }
    await next()
  }
}

/** Refuses unsafe methods that a browser sends from pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): Middleware {
  requireInstance('crossOrigin', auth)
  return async (context, next) => {
    try {
      auth.refuseCrossOrigin(context.req)
    } catch (error) {
      await answer(context, auth.toResponse(error))
      return
    }
    await next()
  }
}

async function answer(context: Pick<Context, 'status' | 'body' | 'set'>, response: Response): Promise<void> {
  context.status = response.status
  context.set(Object.fromEntries(response.headers))
  context.body = await response.text()
}
