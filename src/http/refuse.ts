import type { Stamp } from '../kernel/event.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Answer } from '../kernel/route.ts'
import { errorPage } from '../pages/error-page.ts'
import type { AppDeps } from './app-deps.ts'
import { type HttpEvent, REPORTED_REFUSALS } from './events.ts'
import { type Exchange, newHeaders } from './exchange.ts'
import { finish } from './finish.ts'
import { refuseForm } from './form-answer.ts'
import { prefersHtml } from './prefers-html.ts'
import { isFault, refusalResponse } from './refusal-response.ts'
import { pageRequest } from './route-request.ts'
import { isForPrograms, toProtocolError } from './serve-protocol.ts'

/**
 * Returns the answer for a thrown error: a refusal becomes a problem (for a form, a redirect back to it), and a bug
 * becomes a 500 without detail.
 */
export async function refuse(deps: AppDeps, exchange: Exchange, error: unknown): Promise<Response> {
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
