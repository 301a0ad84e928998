/*
 * Cross-origin protection without a token (DESIGN section 3). Browsers report the origin of a request in Sec-Fetch-Site
 * (W3C Fetch Metadata) or in Origin (RFC 6454). Proven by test/http/cross-origin.test.ts.
 */

import type { HeaderReader } from '../kernel/header-reader.ts'
import type { Origins } from '../kernel/origins.ts'
import { Refusal } from '../kernel/refusal.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const ALLOWED_METHODS = 'GET, POST, PATCH, DELETE'
const PREFLIGHT_SECONDS = '600'

/**
 * Returns true if a request changes nothing (RFC 9110 section 9.2.1). A WebSocket is not safe: it begins with GET,
 * carries cookies, and can then send anything (RFC 6455 section 10.2, ASVS 4.4.2).
 */
export function isSafeRequest(method: string, header: HeaderReader): boolean {
  return SAFE_METHODS.has(method) && header('sec-websocket-version') == null
}

/** Throws `cross_origin` for an unsafe request that a browser sends for a page of another origin. */
export function refuseCrossOrigin(method: string, header: HeaderReader, origins: Origins): void {
  if (!isSafeRequest(method, header)) refuseForeignPage(header, origins)
}

/** Throws `cross_origin` for any request that a browser sends for a page of another origin. */
export function refuseForeignPage(header: HeaderReader, { own, trusted }: Origins): void {
  const site = header('sec-fetch-site') ?? null
  const from = header('origin') ?? null
  if (site === 'same-origin' || site === 'none') return
  if (from !== null && trusted.has(from)) return
  if (site !== null) throw refusal('Sec-Fetch-Site', own)
  if (from !== null && from !== own) throw refusal('Origin', own)
}

function refusal(header: string, origin: string): Refusal {
  return new Refusal('cross_origin', {
    detail: `The header ${header} says that this request comes from a page whose origin is not ${origin}.`,
  })
}

/** Adds the headers that let pages of trusted origins, and no others, read the answer (WHATWG Fetch, CORS). */
export function addCorsHeaders(answer: Headers, request: Headers, { trusted }: Origins): void {
  if (trusted.size === 0) return
  answer.append('Vary', 'Origin')
  const from = request.get('origin')
  if (from === null || !trusted.has(from)) return
  answer.set('Access-Control-Allow-Origin', from)
  answer.set('Access-Control-Allow-Credentials', 'true')
  answer.set('Access-Control-Expose-Headers', 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id')
}

/** Headers that pages must not send: credentials that are not the cookie, and what only proxies say. */
const WITHHELD_HEADERS =
  /^(?:\*|authorization|cookie|dpop|forwarded|host|latchkey-.*|proxy-.*|x-auth-.*|x-forwarded-.*|x-http-method.*|x-real-ip)$/i
/** A field name (RFC 9110 section 5.1), not longer than any name in use. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/
const MAX_HEADER_NAMES = 32

/**
 * Adds the headers that answer a preflight of a trusted origin. Tools for tracing add headers of many names to every request
 * (`traceparent`, `baggage`, `sentry-trace`), so all are allowed except `WITHHELD_HEADERS`.
 */
export function addPreflightHeaders(answer: Headers, request: Headers): void {
  const asked = (request.get('access-control-request-headers') ?? '').split(',').map((name) => name.trim())
  const allowed = asked.filter((name) => HEADER_NAME.test(name) && !WITHHELD_HEADERS.test(name))
  const others = new Set(allowed.map((name) => name.toLowerCase()).filter((name) => name !== 'content-type'))
  answer.set('Access-Control-Allow-Methods', ALLOWED_METHODS)
  answer.set('Access-Control-Allow-Headers', ['Content-Type', ...[...others].slice(0, MAX_HEADER_NAMES)].join(', '))
  answer.set('Access-Control-Max-Age', PREFLIGHT_SECONDS)
}
