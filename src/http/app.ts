/*
 * The way of every request: find the route, refuse pages of other origins, find out who it is, read and validate the
 * body, run the route's one action, answer. Everything that is thrown ends in `refuse`.
 */
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Signer } from '../crypto/signature.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Connection, RequestRecord } from '../kernel/connection.ts'
import type { Note, NotedEvent } from '../kernel/event.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { Quota } from '../kernel/quota.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Answer, Cookie, FormUse, Route, RouteRequest } from '../kernel/route.ts'
import type { TrustedPages } from '../kernel/trusted-pages.ts'
import { parseNextLocation } from '../pages/next-location.ts'
import type { CookieJar } from '../sessions/session-cookie.ts'
import { commonHeaders, toResponse } from './answer.ts'
import type { ClientAddress } from './client-address.ts'
import { readCookie } from './cookies.ts'
import type { Identity } from './credentials.ts'
import { addCorsHeaders, addPreflightHeaders, refuseCrossOrigin } from './cross-origin.ts'
import { acceptForm, refuseForm, toFormBody } from './form-answer.ts'
import { isDecodable } from './percent-escapes.ts'
import { addQuotaHeaders } from './quota-headers.ts'
import { isForm, readRawBody, validateBody } from './read-body.ts'
import { refusalResponse } from './refusal-response.ts'
import type { Tracer } from './tracer.ts'

/** What the pipeline works with. */
export interface AppDeps {
  readonly routes: readonly Route[]
  readonly basePath: string
  /** `baseUrl` with the base path. */
  readonly authUrl: string
  readonly pages: TrustedPages
  readonly clock: Clock
  readonly jar: CookieJar
  readonly signer: Signer
  readonly clientAddress: ClientAddress
  /** Says who a request is from. Throws two_credentials. */
  readonly identify: (request: Request, note: Note) => Promise<Identity>
  /** Throws reauthentication_required unless the session is fresh. */
  readonly requireFresh: (identity: Identity) => void
  /** The cookie to send again with a remembered session, when that is due. */
  readonly renewCookie: (identity: Identity) => Promise<Cookie | null>
  readonly tracer: Tracer
  readonly onEvent: (event: NotedEvent) => void
  readonly onError: (error: unknown, requestId: string) => void
  readonly onRequest: (record: RequestRecord) => void
}

/** A request under way. */
interface Exchange {
  readonly request: Request
  readonly requestId: string
  readonly client: ClientInfo
  readonly note: Note
  route: Route | null
  identity: Identity | null
  form: { readonly fields: ReadonlyMap<string, string>; readonly next: string | null } | null
  quota: Quota | null
}

const MAX_USER_AGENT = 256

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
  const { request, client, note } = exchange
  const url = new URL(request.url)
  refuseCrossOrigin(request.method, request.headers, deps.pages)
  if (route.form !== undefined && isForm(request.headers)) exchange.form = { fields: new Map(), next: null }
  const identity = await deps.identify(request, note)
  exchange.identity = identity
  const { principal, credentials } = identity
  if (route.access !== 'anyone' && principal === null) throw new Refusal('unauthenticated')
  if (route.access === 'fresh_session') deps.requireFresh(identity)
  const hasBody = route.method === 'POST' || route.method === 'PATCH'
  const body = hasBody ? await readBody(deps, exchange, route) : undefined
  if (hasBody) await refuseIfEndedMeanwhile(deps, exchange, route)
  const call: RouteRequest = {
    body,
    params,
    query: Object.fromEntries([...url.searchParams].reverse()),
    principal,
    sessionToken: principal === null ? null : credentials.sessionToken,
    client,
    wantsHtml: /\btext\/html\b/.test(request.headers.get('accept') ?? ''),
    cookie: (suffix) => cookieValue(request, deps.jar.name(suffix)),
    note,
    tellQuota: (quota) => {
      exchange.quota = quota
    },
  }
  const answer = await route.handle(call)
  return exchange.form === null || route.form === undefined
    ? answer
    : acceptForm(deps, answer, route.form, exchange.form.next)
}

/** A body may take its time. Whoever was logged in when it began must still be when it is complete. */
async function refuseIfEndedMeanwhile(
  deps: AppDeps,
  { request, note, identity }: Exchange,
  route: Route,
): Promise<void> {
  if (identity?.principal == null) return
  const { principal } = await deps.identify(request, note)
  if (principal === null && route.access !== 'anyone') throw new Refusal('unauthenticated')
}

async function readBody(deps: AppDeps, exchange: Exchange, route: Route): Promise<unknown> {
  const raw = await readRawBody(exchange.request, route)
  if (raw.kind === 'json') return validateBody(route, raw.value)
  const next = parseNextLocation(raw.fields.get('next'), deps.pages)
  exchange.form = { fields: raw.fields, next }
  return validateBody(route, toFormBody(raw.fields, route.form as FormUse)) // a form was read, so the route takes forms
}

/** Adds what goes with any answer to a known route: the renewed cookie, or the end of a dead one. */
async function finish(deps: AppDeps, exchange: Exchange, answer: Answer): Promise<Response> {
  const { identity } = exchange
  const setsSession = answer.cookies?.some(({ name }) => name === deps.jar.name()) ?? false
  const extra: Cookie[] = []
  if (!setsSession && identity?.principal) {
    const renewed = await tryToRenew(deps, exchange, identity)
    if (renewed !== null) extra.push(renewed)
  }
  if (!setsSession && identity?.credentials.hasCookie && identity.principal === null) extra.push(deps.jar.clear())
  return toResponse(
    { ...answer, cookies: [...(answer.cookies ?? []), ...extra] },
    newHeaders(deps, exchange),
    deps.clock(),
  )
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
  tellRefusal(deps, exchange, refusal)
  if (refusal.throttled !== undefined) exchange.quota = refusal.throttled.quota
  const { route, form } = exchange
  if (route?.form !== undefined && form !== null) {
    return finish(deps, exchange, refuseForm(deps, refusal, { route: { ...route, form: route.form }, ...form }))
  }
  // Only a cookie that proved nothing when it came: one that another request replaced meanwhile has a successor.
  const isDead = exchange.identity?.principal === null && exchange.identity.credentials.hasCookie
  const cookies = isDead ? [deps.jar.clear()] : []
  const context = { authUrl: deps.authUrl, cookieName: deps.jar.name() }
  return refusalResponse(refusal, context, { headers: newHeaders(deps, exchange), cookies, now: deps.clock() })
}

/**
 * Refused authorisation and attempts to get around a control are events (ASVS 16.3.2, 16.3.3). They are told and not
 * stored: anybody can cause any number of them.
 */
function tellRefusal(deps: AppDeps, { note, identity }: Exchange, { code, reason, throttled }: Refusal): void {
  if (throttled !== undefined) {
    const { operation, userId } = throttled
    deps.onEvent(note({ type: 'attempt.throttled', operation, userId }))
  }
  const isNoteworthy = ['cross_origin', 'two_credentials', 'reauthentication_required', 'overloaded'].includes(code)
  if (!isNoteworthy) return
  const userId = identity?.principal?.user.id ?? null
  deps.onEvent(note({ type: 'request.refused', code, reason: reason ?? code, userId }))
}

function answerOptions(deps: AppDeps, exchange: Exchange, allow: readonly string[]): Response {
  const headers = newHeaders(deps, exchange)
  headers.set('Allow', allow.join(', '))
  if (headers.has('Access-Control-Allow-Origin')) addPreflightHeaders(headers)
  return new Response(null, { status: 204, headers })
}

function openExchange(deps: AppDeps, request: Request, connection: Connection): Exchange {
  const requestId = randomUUID()
  const forwardedFor = request.headers.get('x-forwarded-for')
  const client: ClientInfo = {
    ip: deps.clientAddress(connection.remoteAddress ?? null, forwardedFor),
    userAgent: cleanUserAgent(request.headers.get('user-agent')),
  }
  const exchange: Exchange = {
    request,
    requestId,
    client,
    note: (event) => {
      const actor = exchange.identity?.principal?.user.id ?? null
      return { ...event, at: deps.clock(), actor, requestId, client }
    },
    route: null,
    identity: null,
    form: null,
    quota: null,
  }
  return exchange
}

function newHeaders(deps: AppDeps, { request, requestId, quota }: Exchange): Headers {
  const headers = new Headers(commonHeaders(deps.pages.origin.startsWith('https:')))
  headers.set('X-Request-Id', requestId)
  addCorsHeaders(headers, request.headers, deps.pages)
  if (quota !== null) addQuotaHeaders(headers, quota)
  return headers
}

function refuseMalformedPath(request: Request): void {
  if (isDecodable(new URL(request.url).pathname)) return
  throw new Refusal('bad_request', { detail: 'The path has a malformed percent escape.' })
}

function cookieValue(request: Request, name: string): string | null {
  const cookie = readCookie(request.headers.get('cookie') ?? '', name)
  return cookie.found === 'one' ? cookie.value : null
}

function cleanUserAgent(header: string | null): string | null {
  return header === null ? null : header.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, MAX_USER_AGENT)
}
