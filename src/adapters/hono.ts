/*
 * Latchkey in Hono on Node.js: middleware, and the types of `c.var.auth`. Of Hono only types are imported. Proved by
 * test/adapters/adapters.test.ts.
 */
import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import type { Requirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal } from '../kernel/principal.ts'
import { isUnder, refuseAmbiguity } from './incoming.ts'

/** Behind `latchkey`: who the request is from, or null. `new Hono<AuthEnv>()` */
export interface AuthEnv {
  Variables: { auth: Principal | null }
}

/** Behind `requireAuth`: who the request is from. */
export interface AuthenticatedEnv {
  Variables: { auth: Principal }
}

/**
 * Answers everything under `auth.basePath`; for all other requests sets `c.var.auth` and renews the cookie of a remembered
 * session. Use it before what reads bodies.
 */
export function latchkey(auth: Latchkey): MiddlewareHandler<AuthEnv> {
  return async (context, next) => {
    if (isUnder(context.req.path, auth.basePath)) return enter(auth, context)
    const target = { appendHeader: (name: string, value: string) => context.header(name, value, { append: true }) }
    try {
      context.set('auth', await auth.authenticate(requestOf(context), target))
    } catch (error) {
      return auth.toResponse(error)
    }
    return next()
  }
}

/**
 * Lets through who meets the requirement, and sets `c.var.auth`; everybody else gets the refusal as problem details. It asks
 * anew, which costs no query.
 */
export function requireAuth(auth: Latchkey, requirement?: Requirement): MiddlewareHandler<AuthenticatedEnv> {
  return async (context, next) => {
    try {
      context.set('auth', await auth.require(requestOf(context), requirement))
    } catch (error) {
      return auth.toResponse(error)
    }
    return next()
  }
}

/** Refuses unsafe methods that a browser sends for pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): MiddlewareHandler {
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

/** What @hono/node-server knows of the connection; nothing where the application is called with a Request. */
function incomingOf(context: Context): IncomingMessage | undefined {
  return (context.env as { readonly incoming?: IncomingMessage } | undefined)?.incoming
}

/** The cheaper one of the two that there are: Hono makes its Request only when somebody looks at it. */
function requestOf(context: Context): Request | IncomingMessage {
  return incomingOf(context) ?? context.req.raw
}
