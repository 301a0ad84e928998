/*
 * Endpoints of other protocols, such as OAuth (RFC 6749). They see the request as it came. Programs call them from pages of any
 * origin, without cookies; browsers navigate to some of them, with the session. Proved by test/http/oauth.test.ts.
 */
import { systemClock } from '../kernel/clock.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Answer, ProtocolUse, Route } from '../kernel/route.ts'
import type { Exchange } from './exchange.ts'
import { MAX_BODY_BYTES, readBytes } from './read-body.ts'

/** A route with a protocol of its own. */
export interface ProtocolRoute extends Route {
  readonly protocol: ProtocolUse
}

/** Returns true for a route with a protocol of its own. */
export function isProtocol(route: Route): route is ProtocolRoute {
  return route.protocol !== undefined
}

/** Returns true for a route that programs call from pages of any origin. */
export function isForPrograms(route: Route | null): boolean {
  return route?.protocol !== undefined && route.protocol.isForBrowsers !== true
}

/** Answers a request of another protocol. The session was looked at before, if the route is for browsers. */
export async function serveProtocol(
  { request, client, stamp, found }: Exchange,
  { protocol }: ProtocolRoute,
): Promise<Answer> {
  const arrivedAt = systemClock()
  const body = request.method === 'POST' ? await readBytes(request, MAX_BODY_BYTES) : new Uint8Array()
  const principal = found?.principal.kind === 'session' ? (found.principal as SessionPrincipal) : null
  const sessionToken = principal === null ? null : (found?.token ?? null)
  return protocol.respond({ request, arrivedAt, body, principal, sessionToken, client, stamp })
}

/** Lets pages of any origin read the answer, without credentials (WHATWG Fetch, CORS). */
export function openToAllOrigins(headers: Headers): void {
  headers.set('Access-Control-Allow-Origin', '*')
  headers.delete('Access-Control-Allow-Credentials')
  headers.set('Access-Control-Expose-Headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After, X-Request-Id')
  headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
}

/** Adds the headers that answer a preflight. */
export function allowProgramHeaders(headers: Headers): void {
  headers.set('Access-Control-Allow-Methods', 'GET, POST')
  headers.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, DPoP, MCP-Protocol-Version')
  headers.set('Access-Control-Max-Age', '600')
}

/** Returns a refusal as an error of the protocol (RFC 6749 section 5.2). */
export function toProtocolError({ status, detail }: Refusal): Answer {
  return { status, body: { error: errorOf(status), error_description: detail } }
}

function errorOf(status: number): string {
  if (status === 503 || status === 429) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}
