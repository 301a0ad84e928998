/*
 * Latchkey in Hono on Node.js: middleware, and the types of `c.var.auth`. Imports only types from Hono. Proved by
 * test/adapters/adapters.test.ts.
 */
import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { authenticateNow, requireNow } from '../authentication/immediate.ts'
import type { Requirement, SessionRequirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal, SessionPrincipal } from '../kernel/principal.ts'
import { refuseSurplus } from '../kernel/surplus-arguments.ts'
import { isForLatchkey, refuseAmbiguity } from './incoming.ts'
import { requireInstance } from './require-instance.ts'

/** Environment behind `latchkey`: the principal of the request, or null. `new Hono<AuthEnv>()` */
export interface AuthEnv {
  Variables: { auth: Principal | null }
}

/** Environment behind `requireAuth`: the principal of the request. */
export interface AuthenticatedEnv {
  Variables: { auth: Principal }
}

/** Environment behind `requireAuth(auth, { session: true })`: the principal of a session. */
export interface SessionEnv {
  Variables: { auth: SessionPrincipal }
}

/**
 * Responds to all requests under `auth.basePath`. For all other requests sets `c.var.auth` and renews the cookie of a
 * remembered session. Use it before middleware that reads bodies.
 */
export function latchkey(auth: Latchkey): MiddlewareHandler<AuthEnv> {
  requireInstance('latchkey', auth)
  const authenticate = authenticateNow(auth)
  return async (context, next) => {
    if (isForLatchkey(context.req.path, auth)) return enter(auth, context)
    const target = { appendHeader: (name: string, value: string) => context.header(name, value, { append: true }) }
    try {
      const found = authenticate(requestOf(context), target)
      context.set('auth', found instanceof Promise ? await found : found)
    } catch (error) {
      return auth.toResponse(error)
    }
    return next()
  }
}

/**
 * Admits requests that meet the requirement, and sets `c.var.auth`. Refuses all others with problem details. It
 * authenticates again, which costs no query.
 * @throws ConfigurationError, when it is created, if the requirement is wrong.
 */
export function requireAuth(auth: Latchkey, requirement: SessionRequirement): MiddlewareHandler<SessionEnv>
export function requireAuth(auth: Latchkey, requirement?: Requirement): MiddlewareHandler<AuthenticatedEnv>
export function requireAuth(
  auth: Latchkey,
  requirement?: Requirement,
  ...surplus: unknown[]
): MiddlewareHandler<SessionEnv> | MiddlewareHandler<AuthenticatedEnv> {
  refuseSurplus('requireAuth', 2, surplus)
  requireInstance('requireAuth', auth)
  auth.checkRequirement(requirement)
  const require = requireNow(auth)
  return async (context: Context<AuthenticatedEnv>, next: Next) => {
    try {
      const found = require(requestOf(context), requirement)
      context.set('auth', found instanceof Promise ? await found : found)
    } catch (error) {
      return auth.toResponse(error)
    }
    return next()
  }
}

/** Refuses unsafe methods that a browser sends from pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): MiddlewareHandler {
  requireInstance('crossOrigin', auth)
  return async (context, next) => {
    try {
      auth.refuseCrossOrigin(requestOf(context))
    } catch (error) {
      return auth.toResponse(error)
    }
    return next()
  }
}

async function enter(auth: Latchkey, context: Context): Promise<Response> {
  const incoming = incomingOf(context)
  try {
    if (incoming !== undefined) refuseAmbiguity(incoming)
    return await auth.handler(context.req.raw, { remoteAddress: incoming?.socket.remoteAddress })
  } catch (error) {
    return auth.toResponse(error)
  }
}

/** Returns the Node.js request from @hono/node-server, or undefined if the application was called with a Request. */
function incomingOf(context: Context): IncomingMessage | undefined {
  return (context.env as { readonly incoming?: IncomingMessage } | undefined)?.incoming
}

/** Returns the cheaper of the two request objects: Hono creates its Request only on first access. */
function requestOf(context: Context): Request | IncomingMessage {
  return incomingOf(context) ?? context.req.raw
}
