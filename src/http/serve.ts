/* A request whose route is known, in the order of its checks. */
import { headerReader } from '../authentication/any-request.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'
import { isClient, type SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Answer, FormUse, Route, RouteRequest } from '../kernel/route.ts'
import type { AppDeps } from './app-deps.ts'
import { authenticate, checkAccess, contextOf } from './authenticate-request.ts'
import { refuseCrossOrigin, refuseForeignPage } from './cross-origin.ts'
import type { Exchange } from './exchange.ts'
import { acceptForm, toFormBody } from './form-answer.ts'
import { isForm, readRawBody, validateBody } from './read-body.ts'
import { refuseMisdirected } from './refuse-misdirected.ts'
import { pageRequest, principalFor, toCall } from './route-request.ts'
import { asksForHeader } from './session-header.ts'

type Params = RouteRequest['params']

/** Answers a request whose route is known. */
export async function serve(deps: AppDeps, exchange: Exchange, route: Route, params: Params): Promise<Answer> {
  const { request } = exchange
  refuseForeign(deps.origins, request, route)
  if (route.form !== undefined && isForm(request.headers)) exchange.form = { fields: new Map(), next: null }
  await authenticate(deps, exchange)
  exchange.isCookieless = asksForHeader(request) || exchange.credentials?.sessionCame === 'in_header'
  const call = (body: unknown): RouteRequest => toCall(deps, exchange, { route, params, body })
  const early = answerWithoutUser(exchange, route, call)
  if (early !== null) return early
  const inLogin = (await route.inLogin?.isOpen({ ...call(undefined), body: undefined })) ? route.inLogin : undefined
  if (inLogin === undefined) await checkAccess(deps, route, exchange)
  const hasBody = route.method === 'POST' || route.method === 'PATCH'
  const body = hasBody ? await readBody(deps, exchange, route) : refuseQuery(request)
  if (hasBody && inLogin === undefined) await refuseIfEndedMeanwhile(deps, exchange, route)
  const answer = await (inLogin === undefined ? route.handle(call(body)) : inLogin.handle(sessionOnly(call(body))))
  return exchange.form === null || route.form === undefined || answer.text !== undefined
    ? answer
    : acceptForm(deps, answer, route.form, { ...exchange.form, request: pageRequest(deps, request) })
}

/** Refuses parameters of a deletion, which would be ignored: `DELETE /auth/sessions?except=…` would revoke all sessions. */
function refuseQuery({ method, url }: Request): undefined {
  if (method !== 'DELETE' || new URL(url).search === '') return
  throw new Refusal('bad_request', { detail: 'This route takes no parameters in the query.' })
}

/** Refuses a request for another service, and what pages of other origins may not send. */
function refuseForeign(origins: Origins, request: Request, route: Route): void {
  if (route.forwardedBy !== 'application') refuseMisdirected(headerReader(request), origins.own)
  if (route.refusesOtherOrigins) refuseForeignPage(headerReader(request), origins)
  else if (!route.acceptsOtherOrigins) refuseCrossOrigin(request.method, headerReader(request), origins)
}

/**
 * Returns the answer of a route for a request without a user: from a visitor, or from an app that acts for itself; null if the route has
 * no answer of its own for it.
 */
function answerWithoutUser(exchange: Exchange, route: Route, call: (body: unknown) => RouteRequest): Answer | null {
  if (isNobody(exchange)) return route.answerNobody?.(call(undefined)) ?? null
  if (exchange.app === null || route.access === 'anyone') return null
  if (route.answerApp !== undefined) return route.answerApp(call(undefined), exchange.app)
  throw new Refusal('insufficient_scope', { detail: 'This route requires a user. An app alone is not enough.' })
}

/**
 * Returns true if the request has no credentials or a dead cookie, so that it may log in. A bad token is an error
 * instead.
 */
function isNobody({ found, credentials }: Exchange): boolean {
  return found === null && credentials?.accessToken === null && credentials.sessionCame !== 'in_header'
}

/** An access token takes no part in a login. */
function sessionOnly(request: RouteRequest): RouteRequest<unknown, SessionPrincipal | null> {
  const { principal } = request
  return { ...request, principal: principal?.kind === 'session' ? principal : null }
}

async function readBody(deps: AppDeps, exchange: Exchange, route: Route): Promise<unknown> {
  const raw = await readRawBody(exchange.request, route)
  const request = { principal: principalFor(route, exchange.found), stamp: exchange.stamp }
  if (raw.kind === 'json') return validateBody(route, raw.value, request)
  const next = parseNextLocation(raw.fields.get('next'), deps.origins)
  exchange.form = { fields: raw.fields, next }
  return validateBody(route, toFormBody(raw.fields, route.form as FormUse), request) // the route accepts forms
}

/**
 * Refuses a request whose session was revoked while the body arrived. A body can arrive slowly, so the session must
 * still be alive when the body is complete.
 */
async function refuseIfEndedMeanwhile(deps: AppDeps, exchange: Exchange, route: Route): Promise<void> {
  const { found, credentials } = exchange
  if (found === null || credentials === null) return
  const again = await deps.authentication.identify(credentials, contextOf(deps, exchange))
  await checkAccess(deps, route, { found: isClient(again) ? null : again, credentials })
}
