/*
 * Latchkey in Express 5: middleware, and the type of `req.auth`. Nothing of Express is imported, so that its handlers fit
 * whatever else calls `(request, response, next)`, such as NestJS on Express. Proved by test/adapters/adapters.test.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Requirement } from '../authentication/requirement.ts'
import type { Latchkey } from '../instance.ts'
import type { Principal } from '../kernel/principal.ts'
import { isUnder } from './incoming.ts'
import { answerRefusal, createNodeEntry } from './node.ts'

declare global {
  namespace Express {
    interface Request {
      /** Who the request is from, or null; undefined where neither `latchkey` nor `requireAuth` ran. */
      auth?: Principal | null | undefined
    }
  }
}

/** What is needed of an Express request. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl: string
  auth?: Principal | null | undefined
}

/** Middleware that every version of Express takes. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Answers everything under `auth.basePath`; for all other requests sets `req.auth` and renews the cookie of a remembered
 * session. Use it before what parses bodies.
 */
export function latchkey(auth: Latchkey): ExpressMiddleware {
  const toLatchkey = createNodeEntry(auth)
  return async (request, response, next) => {
    if (isUnder(request.originalUrl, auth.basePath)) {
      request.url = request.originalUrl // a router may have cut its own path off
      await toLatchkey(request, response)
      return
    }
    await pass(auth, { request, response, next }, auth.authenticate(request, response))
  }
}

/**
 * Lets through who meets the requirement, and sets `req.auth`; everybody else gets the refusal as problem details. It asks
 * anew, which costs no query: a session that ended while the body was read is refused.
 */
export function requireAuth(auth: Latchkey, requirement?: Requirement): ExpressMiddleware {
  return (request, response, next) => pass(auth, { request, response, next }, auth.require(request, requirement))
}

/** Refuses unsafe methods that a browser sends for pages of other origins, on the application's own routes. */
export function crossOrigin(auth: Latchkey): ExpressMiddleware {
  return (request, response, next) => {
    try {
      auth.refuseCrossOrigin(request)
    } catch (error) {
      return answerRefusal(auth, response, error)
    }
    next()
  }
}

/**
 * Who the request is from, on routes behind `requireAuth`.
 * @throws Error where that guard is missing.
 */
export function principalOf(request: { readonly auth?: Principal | null | undefined }): Principal {
  if (request.auth == null) throw new Error('No principal: put requireAuth(auth) before this handler.')
  return request.auth
}

interface Turn {
  readonly request: ExpressRequest
  readonly response: ServerResponse
  readonly next: () => void
}

async function pass(
  auth: Latchkey,
  { request, response, next }: Turn,
  found: Promise<Principal | null>,
): Promise<void> {
  try {
    request.auth = await found
  } catch (error) {
    await answerRefusal(auth, response, error)
    return
  }
  next()
}
