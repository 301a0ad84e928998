import type { Cookie } from '../kernel/cookie.ts'
import type { Authenticated } from '../kernel/principal.ts'
import { type Answer, ATTEMPT_HEADER } from '../kernel/route.ts'
import { toResponse } from './answer.ts'
import type { AppDeps } from './app-deps.ts'
import { type Exchange, newHeaders } from './exchange.ts'
import { isForPrograms, openToAllOrigins } from './serve-protocol.ts'
import { SESSION_HEADER } from './session-header.ts'

/** Completes an answer of a known route: adds the renewed cookie, or clears a dead one. */
export async function finish(deps: AppDeps, exchange: Exchange, answer: Answer): Promise<Response> {
  const { session, attempt, cookies = [] } = answer
  const headers = newHeaders(deps, exchange)
  if (isForPrograms(exchange.route) || exchange.route?.isPublic === true) openToAllOrigins(headers)
  if (exchange.isCookieless) {
    if (session !== undefined) headers.set(SESSION_HEADER, session.token)
    if (attempt !== undefined) headers.set(ATTEMPT_HEADER, attempt.token)
    return toResponse({ ...answer, cookies: [] }, headers, deps.clock())
  }
  const setsSession = session !== undefined || cookies.some(({ name }) => name === deps.cookies.name())
  const extra = setsSession ? [] : await keepOrClear(deps, exchange)
  const own = [
    ...(session === undefined ? [] : deps.authentication.issueCookies(session, exchange.credentials)),
    ...(attempt === undefined ? [] : [attempt.cookie]),
  ]
  return toResponse({ ...answer, cookies: [...own, ...cookies, ...extra] }, headers, deps.clock())
}

/** Returns the renewed session cookie of the request, or the cookies that clear a dead one. */
async function keepOrClear(deps: AppDeps, exchange: Exchange): Promise<readonly Cookie[]> {
  const { found, credentials } = exchange
  if (found !== null) return tryToRenew(deps, exchange, found)
  return credentials?.hasCookie ? deps.cookies.clear() : []
}

/** Renews the cookie. The request has already succeeded, so a failed renewal must not turn it into a failure. */
async function tryToRenew(
  deps: AppDeps,
  { requestId, credentials }: Exchange,
  found: Authenticated,
): Promise<readonly Cookie[]> {
  if (credentials === null) return []
  try {
    return await deps.authentication.renewCookies(found, credentials)
  } catch (error) {
    deps.onError(error, requestId)
    return []
  }
}
