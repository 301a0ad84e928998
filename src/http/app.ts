import { Hono } from 'hono'
import { headerReader } from '../authentication/any-request.ts'
import { type Identity, isFromBrowser, refuseCredentials } from '../authentication/credentials.ts'
import type { Signer } from '../crypto/signature.ts'
import type { Connection, RequestRecord } from '../kernel/connection.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { readCookie } from '../kernel/cookie-syntax.ts'
import type { Stamp, StampedEvent } from '../kernel/event.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { NewSecret, Session } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Answer, FormUse, Route, RouteRequest } from '../kernel/route.ts'
import { requireSession } from '../sessions/freshness.ts'
import { toResponse } from './answer.ts'
import { addPreflightHeaders, refuseCrossOrigin } from './cross-origin.ts'
import { type Exchange, type ExchangeDeps, newHeaders, openExchange } from './exchange.ts'
import { acceptForm, refuseForm, toFormBody } from './form-answer.ts'
import { isDecodable } from './percent-escapes.ts'
import { isForm, readRawBody, validateBody } from './read-body.ts'
import { refusalResponse } from './refusal-response.ts'
import type { Tracer } from './tracer.ts'

/** What the pipeline works with. */
export interface AppDeps extends ExchangeDeps {
  readonly routes: readonly Route[]
  readonly basePath: string
  /** `baseUrl` with the base path. */
  readonly authUrl: string
  readonly cookies: CookieFactory
  readonly signer: Signer
  /** Says who a request is from. Throws two_credentials, cookie_required. */
  readonly identify: (request: Request, stamp: Stamp) => Promise<Identity>
  /** Throws reauthentication_required unless the session is fresh. */
  readonly requireFresh: (session: Session) => void
  /** The cookie of a session that has a new token. */
  readonly sessionCookie: (issued: NewSecret) => Cookie
  /** The session's own token in what a client sent. */
  readonly plainToken: (text: string) => string
  /** The cookie to send again with a remembered session, when that is due. */
  readonly renewCookie: (identity: Identity) => Cookie | null | Promise<Cookie | null>
  readonly tracer: Tracer
  readonly onEvent: (event: StampedEvent) => void
  readonly onError: (error: unknown, requestId: string) => void
  readonly onRequest: (record: RequestRecord) => void
}

/** Asks for the session in a header of the same name, and has it in the answer. */
const SESSION_HEADER = 'Latchkey-Session'

/** Builds the application of all routes, once. A path that is registered twice fails here. */
export function createApp(deps: AppDeps): (request: Request, connection?: Connection) => Promise<Response> {
  const router = createRouter(deps)
  return async (request, connection = {}) => {
    const startedAt = performance.now()
    const exchange = openExchange(deps, request, connection)
    const routeOf = (): string | null => (exchange.route === null ? null : `${deps.basePath}${exchange.route.path}`)
    const response = await deps.tracer.request(request.method, () => router(exchange), routeOf)
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
  const app = new Hono<{ Bindings: Exchange }>()
  const methodsByPath = new Map<string, string[]>()
  for (const route of deps.routes) {
    const path = `${deps.basePath}${route.path}`.replaceAll(/\{(\w+)\}/g, ':$1')
    const methods = methodsByPath.get(path) ?? []
    if (methods.includes(route.method)) throw new Error(`${route.method} ${route.path} is registered twice`)
    methodsByPath.set(path, [...methods, route.method, ...(route.method === 'GET' ? ['HEAD'] : [])])
    app.on(route.method, path, async ({ env: exchange, req }) => {
      exchange.route = route
      return finish(deps, exchange, await serve(deps, exchange, route, req.param()))
    })
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, ({ env: exchange }) => {
      const allow = [...methods, 'OPTIONS']
      if (exchange.request.method === 'OPTIONS') return answerOptions(deps, exchange, allow)
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
      return await app.fetch(exchange.request, exchange)
    } catch (error) {
      return refuse(deps, exchange, error)
    }
  }
}

/** From a found route to its answer. */
async function serve(deps: AppDeps, exchange: Exchange, route: Route, params: Record<string, string>): Promise<Answer> {
  const { request, stamp } = exchange
  refuseCrossOrigin(request.method, headerReader(request), deps.origins)
  if (route.form !== undefined && isForm(request.headers)) exchange.form = { fields: new Map(), next: null }
  const identity = await deps.identify(request, stamp)
  exchange.identity = identity
  exchange.isCookieless = asksForHeader(request) || identity.credentials.sessionCame === 'in_header'
  const call = toCall(deps, exchange, route, identity, params)
  const toNobody = isNobody(identity) ? route.answerNobody?.(call) : null
  if (toNobody != null) return toNobody
  checkAccess(deps, route, identity)
  const hasBody = route.method === 'POST' || route.method === 'PATCH'
  const body = hasBody ? await readBody(deps, exchange, route) : undefined
  if (hasBody) await refuseIfEndedMeanwhile(deps, exchange, route)
  const answer = await route.handle({ ...call, body })
  return exchange.form === null || route.form === undefined
    ? answer
    : acceptForm(deps, answer, route.form, exchange.form.next)
}

/** What the route is told of the request, but for the body. */
function toCall(
  deps: AppDeps,
  exchange: Exchange,
  route: Route,
  { principal, credentials }: Identity,
  params: Record<string, string>,
): RouteRequest {
  const { request, client, stamp } = exchange
  const query = [...new URL(request.url).searchParams]
  return {
    body: undefined,
    params,
    query: Object.fromEntries(query.toReversed()),
    queryAll: Object.fromEntries(
      [...Map.groupBy(query, ([name]) => name)].map(([name, all]) => [name, all.map(([, value]) => value)]),
    ),
    // A route for anyone knows sessions only: a token neither logs in nor out.
    principal: route.access === 'anyone' && principal?.kind === 'access_token' ? null : principal,
    sessionToken: credentials.sessionToken === null ? null : deps.plainToken(credentials.sessionToken),
    client,
    wantsHtml: /\btext\/html\b/.test(request.headers.get('accept') ?? ''),
    cookie: (suffix) => cookieValue(request, deps.cookies.name(suffix)),
    header: (name) => request.headers.get(name),
    stamp,
    reportQuota: (quota) => {
      exchange.quota = quota
    },
  }
}

/** True for whoever offers nothing, or a cookie that is dead: they may log in. A token that is no good is its sender's fault. */
function isNobody({ principal, credentials }: Identity): boolean {
  return principal === null && credentials.accessToken === null && credentials.sessionCame !== 'in_header'
}

/** A body may take its time. Whoever was logged in when it began must still be when it is complete. */
async function refuseIfEndedMeanwhile(
  deps: AppDeps,
  { request, stamp, identity }: Exchange,
  route: Route,
): Promise<void> {
  if (identity?.principal == null) return
  checkAccess(deps, route, await deps.identify(request, stamp))
}

function checkAccess(deps: AppDeps, { access }: Route, { principal, credentials }: Identity): void {
  if (access === 'anyone') return
  if (principal === null) throw refuseCredentials(credentials)
  if (access === 'user') return
  const { session } = requireSession(principal)
  if (access === 'fresh_session') deps.requireFresh(session)
}

/** Throws cookie_required for browsers, where it would be the way around HttpOnly. */
function asksForHeader({ headers }: Request): boolean {
  const value = headers.get(SESSION_HEADER)
  if (value === null) return false
  if (value !== 'header') throw new Refusal('bad_request', { detail: `${SESSION_HEADER} takes one value: header.` })
  if (isFromBrowser((name) => headers.get(name))) throw new Refusal('cookie_required')
  return true
}

async function readBody(deps: AppDeps, exchange: Exchange, route: Route): Promise<unknown> {
  const raw = await readRawBody(exchange.request, route)
  if (raw.kind === 'json') return validateBody(route, raw.value)
  const next = parseNextLocation(raw.fields.get('next'), deps.origins)
  exchange.form = { fields: raw.fields, next }
  return validateBody(route, toFormBody(raw.fields, route.form as FormUse)) // a form was read, so the route takes forms
}

/** Adds what goes with any answer to a known route: the renewed cookie, or the end of a dead one. */
async function finish(deps: AppDeps, exchange: Exchange, answer: Answer): Promise<Response> {
  const { identity } = exchange
  const { session, cookies = [] } = answer
  const headers = newHeaders(deps, exchange)
  if (exchange.isCookieless) {
    if (session !== undefined) headers.set(SESSION_HEADER, session.token)
    return toResponse({ ...answer, cookies: [] }, headers, deps.clock())
  }
  const extra: Cookie[] = []
  const setsSession = session !== undefined || cookies.some(({ name }) => name === deps.cookies.name())
  if (!setsSession && identity?.principal) {
    const renewed = await tryToRenew(deps, exchange, identity)
    if (renewed !== null) extra.push(renewed)
  }
  if (!setsSession && identity?.credentials.hasCookie && identity.principal === null) extra.push(deps.cookies.clear())
  const own = session === undefined ? [] : [deps.sessionCookie(session)]
  return toResponse({ ...answer, cookies: [...own, ...cookies, ...extra] }, headers, deps.clock())
}

/** What the request asked for is done; that its cookie cannot be renewed now must not turn it into a failure. */
async function tryToRenew(deps: AppDeps, { requestId }: Exchange, identity: Identity): Promise<Cookie | null> {
  try {
    return await deps.renewCookie(identity)
  } catch (error) {
    deps.onError(error, requestId)
    return null
  }
}

/** Anything thrown: a refusal as a problem (or, for a form, as the way back to it), a bug as a bare 500. */
async function refuse(deps: AppDeps, exchange: Exchange, error: unknown): Promise<Response> {
  const refusal = error instanceof Refusal ? error : new Refusal('internal_error')
  // A full queue is an event and no error: a flood must not fill the log.
  if (refusal.status >= 500 && refusal.code !== 'overloaded') deps.onError(error, exchange.requestId)
  reportRefusal(deps, exchange, refusal)
  if (refusal.throttled !== undefined) exchange.quota = refusal.throttled.quota
  const { route, form } = exchange
  if (route?.form !== undefined && form !== null) {
    return finish(deps, exchange, refuseForm(deps, refusal, { route: { ...route, form: route.form }, ...form }))
  }
  // Only a cookie that proved nothing when it came: one that another request replaced meanwhile has a successor.
  const isDead = exchange.identity?.principal === null && exchange.identity.credentials.hasCookie
  const cookies = isDead ? [deps.cookies.clear()] : []
  const context = { authUrl: deps.authUrl, cookieName: deps.cookies.name() }
  return refusalResponse(refusal, context, { headers: newHeaders(deps, exchange), cookies, now: deps.clock() })
}

const NOTEWORTHY: ReadonlySet<string> = new Set([
  'cross_origin',
  'two_credentials',
  'cookie_required',
  'insufficient_scope',
  'reauthentication_required',
  'overloaded',
])

/**
 * Refused authorisation and attempts to get around a control are events (ASVS 16.3.2, 16.3.3). They are told and not
 * stored: anybody can cause any number of them.
 */
function reportRefusal(deps: AppDeps, { stamp, identity }: Exchange, { code, reason, throttled }: Refusal): void {
  if (throttled !== undefined) {
    const { operation, userId } = throttled
    deps.onEvent(stamp({ type: 'attempt.throttled', operation, userId }))
  }
  if (!NOTEWORTHY.has(code)) return
  const userId = identity?.principal?.user.id ?? null
  deps.onEvent(stamp({ type: 'request.refused', code, reason: reason ?? code, userId }))
}

function answerOptions(deps: AppDeps, exchange: Exchange, allow: readonly string[]): Response {
  const headers = newHeaders(deps, exchange)
  headers.set('Allow', allow.join(', '))
  if (headers.has('Access-Control-Allow-Origin')) addPreflightHeaders(headers)
  return new Response(null, { status: 204, headers })
}

function refuseMalformedPath(request: Request): void {
  if (isDecodable(new URL(request.url).pathname)) return
  throw new Refusal('bad_request', { detail: 'The path has a malformed percent escape.' })
}

function cookieValue(request: Request, name: string): string | null {
  const cookie = readCookie(request.headers.get('cookie') ?? '', name)
  return cookie.found === 'one' ? cookie.value : null
}
