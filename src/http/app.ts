import { Hono } from 'hono'
import { headerReader } from '../authentication/any-request.ts'
import type { Authentication } from '../authentication/authentication.ts'
import { isFromBrowser, refuseCredentials } from '../authentication/credentials.ts'
import type { IdentifyContext } from '../authentication/identify.ts'
import { proxiedTargetOf, targetOf } from '../authentication/request-target.ts'
import type { Connection, RequestRecord } from '../kernel/connection.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { MAX_COOKIES, readCookies } from '../kernel/cookie-syntax.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'
import { isDecodable } from '../kernel/percent-escapes.ts'
import { type Authenticated, isClient, type Principal, type SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { runInLanguage } from '../kernel/request-language.ts'
import { type Answer, ATTEMPT_HEADER, type FormUse, type Route, type RouteRequest } from '../kernel/route.ts'
import { refuseTransferCoding } from '../kernel/transfer-coding.ts'
import { errorPage } from '../pages/error-page.ts'
import type { PageRequest, Pages } from '../pages/pages.ts'
import { requireSession } from '../sessions/freshness.ts'
import { toResponse } from './answer.ts'
import { addPreflightHeaders, refuseCrossOrigin, refuseForeignPage } from './cross-origin.ts'
import { type HttpEvent, REPORTED_REFUSALS } from './events.ts'
import { type Exchange, type ExchangeDeps, newHeaders, openExchange } from './exchange.ts'
import { acceptForm, keptOf, refuseForm, toFormBody } from './form-answer.ts'
import { isLocalRequest } from './is-local-request.ts'
import { prefersHtml } from './prefers-html.ts'
import { isForm, readRawBody, validateBody } from './read-body.ts'
import { isFault, type RefusalContext, refusalResponse } from './refusal-response.ts'
import { refuseMisdirected } from './refuse-misdirected.ts'
import {
  allowProgramHeaders,
  isForPrograms,
  isProtocol,
  openToAllOrigins,
  type ProtocolRoute,
  serveProtocol,
  toProtocolError,
} from './serve-protocol.ts'
import type { Tracer } from './tracer.ts'

/** Dependencies of `createApp`. */
export interface AppDeps extends ExchangeDeps {
  readonly routes: readonly Route[]
  readonly links: Links
  readonly cookies: CookieFactory
  readonly pages: Pages
  readonly authentication: Authentication
  readonly tracer: Tracer
  readonly refusalContext: RefusalContext
  readonly onEvent: (event: StampedEvent) => void
  readonly onError: (error: unknown, requestId: string) => void
  readonly onRequest: (record: RequestRecord) => void
  /** Receives every refusal `misdirected`, which shows a wrong base URL. */
  readonly onMisdirected: (refusal: Refusal, requestId: string) => void
}

/** A request with this header gets the session token in a response header of the same name. */
const SESSION_HEADER = 'Latchkey-Session'

/** Builds the application from all routes, once. Throws an Error if a path is registered twice. */
export function createApp(deps: AppDeps): (request: Request, connection?: Connection) => Promise<Response> {
  const router = createRouter(deps)
  return async (request, connection = {}) => {
    const startedAt = performance.now()
    const exchange = openExchange(deps, request, connection)
    const routeOf = (): string | null => (exchange.route === null ? null : pathOf(deps, exchange.route))
    const language = () => deps.pages.language(pageRequest(deps, request))
    const response = await runInLanguage(language, () =>
      deps.tracer.request(request.method, () => router(exchange), routeOf),
    )
    deps.onRequest({
      requestId: exchange.requestId,
      method: request.method,
      route: routeOf(),
      status: response.status,
      durationMs: performance.now() - startedAt,
    })
    return response
  }
}

function createRouter(deps: AppDeps): (exchange: Exchange) => Promise<Response> {
  const app = new Hono<{ Bindings: Exchange }>({ strict: false }) // a slash at the end changes nothing
  const methodsByPath = new Map<string, string[]>()
  const open = new Set<string>() // paths that programs call from pages of any origin
  for (const route of deps.routes) {
    const path = pathOf(deps, route).replaceAll(/\{(\w+)\}/g, ':$1')
    if (isForPrograms(route)) open.add(path)
    const methods = methodsByPath.get(path) ?? []
    if (methods.includes(route.method)) throw new Error(`${route.method} ${route.path} is registered twice`)
    methodsByPath.set(path, [...methods, route.method, ...(route.method === 'GET' ? ['HEAD'] : [])])
    app.on(route.method, path, async ({ env: exchange, req }) => {
      exchange.route = route
      const answer = isProtocol(route)
        ? await enterProtocol(deps, exchange, route)
        : await serve(deps, exchange, route, req.param())
      return finish(deps, exchange, answer)
    })
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, ({ env: exchange }) => {
      const allow = [...methods, 'OPTIONS']
      if (exchange.request.method === 'OPTIONS') return answerOptions(deps, exchange, { allow, isOpen: open.has(path) })
      throw new Refusal('method_not_allowed', { detail: `This path takes ${allow.join(', ')}.`, allow })
    })
  }
  app.notFound(() => {
    throw new Refusal('not_found', { detail: 'There is no such route.' })
  })
  app.onError((error, { env: exchange }) => refuse(deps, exchange, error))
  return async (exchange) => {
    try {
      refuseMalformedPath(exchange.request)
      refuseTransferCoding(exchange.request.headers.get('transfer-encoding'))
      return await app.fetch(exchange.request, exchange)
    } catch (error) {
      return refuse(deps, exchange, error)
    }
  }
}

/** Refuses a request for another service, and what pages of other origins may not send. */
function refuseForeign(origins: Origins, request: Request, route: Route): void {
  if (route.forwardedBy !== 'application') refuseMisdirected(headerReader(request), origins.own)
  if (route.refusesOtherOrigins) refuseForeignPage(headerReader(request), origins)
  else if (!route.acceptsOtherOrigins) refuseCrossOrigin(request.method, headerReader(request), origins)
}

/** Returns the path of a route as requests have it. */
function pathOf({ links }: AppDeps, { path, isAtRoot }: Route): string {
  return isAtRoot === true ? path : `${links.basePath}${path}`
}

/** Answers a request of another protocol. Cookies count only on endpoints for browsers. */
async function enterProtocol(deps: AppDeps, exchange: Exchange, route: ProtocolRoute): Promise<Answer> {
  refuseMisdirected(headerReader(exchange.request), deps.origins.own)
  if (route.protocol.isForBrowsers === true) await authenticate(deps, exchange)
  return serveProtocol(exchange, route)
}

/** Answers a request whose route is known. */
async function serve(deps: AppDeps, exchange: Exchange, route: Route, params: Record<string, string>): Promise<Answer> {
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
  const body = hasBody ? await readBody(deps, exchange, route) : undefined
  if (hasBody && inLogin === undefined) await refuseIfEndedMeanwhile(deps, exchange, route)
  const answer = await (inLogin === undefined ? route.handle(call(body)) : inLogin.handle(sessionOnly(call(body))))
  return exchange.form === null || route.form === undefined || answer.text !== undefined
    ? answer
    : acceptForm(deps, answer, route.form, { ...exchange.form, request: pageRequest(deps, request) })
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

/** An access token takes no part in a login. */
function sessionOnly(request: RouteRequest): RouteRequest<unknown, SessionPrincipal | null> {
  const { principal } = request
  return { ...request, principal: principal?.kind === 'session' ? principal : null }
}

/**
 * Authenticates the request. If the storage does not answer, both members stay null, so that no cookie is treated as dead.
 * @throws Refusal `two_credentials`, `cookie_required`, `unavailable`.
 */
async function authenticate(deps: AppDeps, exchange: Exchange): Promise<void> {
  const { authentication } = deps
  const credentials = authentication.readCredentials(exchange.request)
  if (credentials.refusal !== null) throw refuseCredentials(credentials)
  if (credentials.sessionToken !== null || credentials.accessToken !== null) {
    const found = await authentication.identify(credentials, contextOf(deps, exchange))
    if (isClient(found)) exchange.app = found
    else exchange.found = found
  }
  exchange.credentials = credentials
}

/** Returns what the credentials of a request are for: a proxy asks for an API that it names. */
function contextOf({ origins }: AppDeps, { request, route, stamp }: Exchange): IdentifyContext {
  if (route?.forwardedBy !== 'application') return { stamp, resource: null, target: () => targetOf(request, origins) }
  const resource = new URL(request.url).searchParams.get('resource')
  return { stamp, resource, target: () => proxiedTargetOf(headerReader(request), origins, resource) }
}

/** Builds the request that the route receives. */
function toCall(
  deps: AppDeps,
  exchange: Exchange,
  { route, params, body }: Pick<RouteRequest, 'params' | 'body'> & { readonly route: Route },
): RouteRequest {
  const { request, client, stamp, found } = exchange
  const query = [...new URL(request.url).searchParams]
  return {
    body,
    params,
    query: Object.fromEntries(query.toReversed()),
    queryAll: Object.fromEntries(
      [...Map.groupBy(query, ([name]) => name)].map(([name, all]) => [name, all.map(([, value]) => value)]),
    ),
    isHead: request.method === 'HEAD',
    principal: principalFor(route, found),
    // A function, because a getter would make each of these objects slow.
    sessionToken: () => found?.token ?? null,
    client,
    isCookieless: exchange.isCookieless,
    form: exchange.form === null ? null : keptOf(exchange.form),
    wantsHtml: prefersHtml(request.headers.get('accept')),
    cookies: (suffix) => cookieValues(request, deps.cookies.name(suffix)),
    header: (name) => request.headers.get(name),
    isLocal: () => isLocalRequest(request, exchange.connection),
    stamp,
    reportQuota: (quota) => {
      exchange.quota = quota
    },
  }
}

/**
 * Returns the principal for a route. A route with access `anyone` sees sessions only: an access token neither logs in
 * nor logs out.
 */
function principalFor({ access }: Route, found: Authenticated | null): Principal | null {
  if (found === null) return null
  return access === 'anyone' && found.principal.kind !== 'session' ? null : found.principal
}

/**
 * Returns true if the request has no credentials or a dead cookie, so that it may log in. A bad token is an error
 * instead.
 */
function isNobody({ found, credentials }: Exchange): boolean {
  return found === null && credentials?.accessToken === null && credentials.sessionCame !== 'in_header'
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

async function checkAccess(
  deps: AppDeps,
  { access, forwardedBy }: Route,
  { found, credentials }: Pick<Exchange, 'found' | 'credentials'>,
): Promise<void> {
  if (access === 'anyone') return
  if (found === null) throw credentials === null ? new Refusal('unauthenticated') : refuseCredentials(credentials)
  if (access === 'user') return refuseApps(found.principal, forwardedBy)
  const { session } = requireSession(found.principal)
  if (access === 'fresh_session') await deps.authentication.requireFresh(session)
}

/** Refuses an app of a third party outside forward-auth: what it may know of the user is at the userinfo endpoint. */
function refuseApps({ kind }: Principal, forwardedBy: Route['forwardedBy']): void {
  if (kind !== 'oauth_grant' || forwardedBy === 'application') return
  throw new Refusal('insufficient_scope', { detail: 'An app reads the user at the userinfo endpoint.' })
}

/**
 * Returns true if the request asks for the session in a header. Throws `cookie_required` for browsers, where the header
 * would bypass HttpOnly.
 */
function asksForHeader({ headers }: Request): boolean {
  const value = headers.get(SESSION_HEADER)
  if (value === null) return false
  if (value !== 'header') throw new Refusal('bad_request', { detail: `${SESSION_HEADER} accepts one value: header.` })
  if (isFromBrowser((name) => headers.get(name))) throw new Refusal('cookie_required')
  return true
}

async function readBody(deps: AppDeps, exchange: Exchange, route: Route): Promise<unknown> {
  const raw = await readRawBody(exchange.request, route)
  const request = { principal: principalFor(route, exchange.found), stamp: exchange.stamp }
  if (raw.kind === 'json') return validateBody(route, raw.value, request)
  const next = parseNextLocation(raw.fields.get('next'), deps.origins)
  exchange.form = { fields: raw.fields, next }
  return validateBody(route, toFormBody(raw.fields, route.form as FormUse), request) // the route accepts forms
}

/** Completes an answer of a known route: adds the renewed cookie, or clears a dead one. */
async function finish(deps: AppDeps, exchange: Exchange, answer: Answer): Promise<Response> {
  const { session, attempt, cookies = [] } = answer
  const headers = newHeaders(deps, exchange)
  if (isForPrograms(exchange.route)) openToAllOrigins(headers)
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

/**
 * Returns the answer for a thrown error: a refusal becomes a problem (for a form, a redirect back to it), and a bug
 * becomes a 500 without detail.
 */
async function refuse(deps: AppDeps, exchange: Exchange, error: unknown): Promise<Response> {
  const refusal = error instanceof Refusal ? error : new Refusal('internal_error')
  if (isFault(refusal)) deps.onError(error, exchange.requestId)
  reportRefusal(deps, exchange, refusal)
  if (refusal.code === 'misdirected') deps.onMisdirected(refusal, exchange.requestId)
  if (refusal.throttled !== undefined) exchange.quota = refusal.throttled.quota
  const { route, form } = exchange
  if (isForPrograms(route)) {
    const { status, retryAfterSeconds } = refusal
    const retry = status === 429 || status === 503 ? { 'Retry-After': String(retryAfterSeconds ?? 1) } : {}
    return finish(deps, exchange, { ...toProtocolError(refusal), headers: retry })
  }
  if (route?.form !== undefined && form !== null) {
    const refused = { ...form, route: { ...route, form: route.form }, request: pageRequest(deps, exchange.request) }
    return finish(deps, exchange, refuseForm(deps, refusal, refused))
  }
  // Clears only a cookie that was already dead when it arrived. A cookie that another request replaced in the meantime
  // has a successor.
  const isDead = exchange.found === null && exchange.credentials?.hasCookie === true
  const cookies = isDead ? deps.cookies.clear() : []
  // A proxy asks on behalf of its application: its answer stays JSON.
  const isNavigation = route?.forwardedBy !== 'application' && prefersHtml(exchange.request.headers.get('accept'))
  const page = isNavigation ? await toErrorPage(deps, exchange, refusal) : null
  return refusalResponse(refusal, deps.refusalContext, {
    headers: newHeaders(deps, exchange),
    cookies,
    page,
    now: deps.clock(),
  })
}

/** Returns the page that a browser gets instead of a refusal in JSON. */
function toErrorPage(deps: AppDeps, { request, requestId }: Exchange, refusal: Refusal): Promise<Answer<never>> {
  const { pathname, search } = new URL(request.url)
  return errorPage(deps.pages, {
    request: pageRequest(deps, request),
    refusal,
    again: request.method === 'GET' ? parseNextLocation(`${pathname}${search}`, deps.origins) : null,
    requestId,
  })
}

/** Returns the part of a request that pages read. */
function pageRequest(deps: AppDeps, request: Request): PageRequest {
  return {
    query: Object.fromEntries(new URL(request.url).searchParams),
    cookies: (suffix) => cookieValues(request, deps.cookies.name(suffix)),
    header: (name) => request.headers.get(name),
  }
}

/** Passes the events of a refusal to `onEvent`. They are not stored: a caller can cause any number of them. */
function reportRefusal(deps: AppDeps, exchange: Exchange, { code, reason, throttled }: Refusal): void {
  const stamp: Stamp<HttpEvent> = exchange.stamp
  if (throttled !== undefined) {
    const { operation, userId } = throttled
    deps.onEvent(stamp({ type: 'attempt.throttled', operation, userId }))
  }
  if (!REPORTED_REFUSALS.has(code)) return
  const userId = exchange.found?.principal.user.id ?? null
  deps.onEvent(
    stamp({ type: 'request.refused', call: exchange.route?.name ?? null, code, reason: reason ?? code, userId }),
  )
}

function answerOptions(
  deps: AppDeps,
  exchange: Exchange,
  { allow, isOpen }: { readonly allow: readonly string[]; readonly isOpen: boolean },
): Response {
  const headers = newHeaders(deps, exchange)
  headers.set('Allow', allow.join(', '))
  if (isOpen) {
    openToAllOrigins(headers)
    allowProgramHeaders(headers)
  } else if (headers.has('Access-Control-Allow-Origin')) addPreflightHeaders(headers, exchange.request.headers)
  return new Response(null, { status: 204, headers })
}

function refuseMalformedPath(request: Request): void {
  if (isDecodable(new URL(request.url).pathname)) return
  throw new Refusal('bad_request', { detail: 'The path has a malformed percent escape.' })
}

function cookieValues(request: Request, name: string): readonly string[] {
  return readCookies(request.headers.get('cookie') ?? '', name).slice(0, MAX_COOKIES)
}
