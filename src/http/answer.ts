import { toSetCookie } from '../kernel/cookie-syntax.ts'
import { isLocalOrigin } from '../kernel/origins.ts'
import type { Answer } from '../kernel/route.ts'
import { streamBody } from './stream-body.ts'

/**
 * Content security policy of answers that are not a page. If a browser shows one anyway, it runs and loads nothing
 * (ASVS 3.2.1).
 */
const NO_DOCUMENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
const HSTS = 'max-age=31536000'

/**
 * Returns the value of Strict-Transport-Security for a base URL (RFC 6797), or null for plain http. The header acts on the
 * whole host: on all its ports, and with `includeSubDomains` on services that are not ours. On localhost it would break
 * every other server of the developer.
 */
export function hstsOf(baseUrl: string, includeSubDomains: boolean): string | null {
  const url = new URL(baseUrl)
  if (url.protocol !== 'https:' || isLocalOrigin(url)) return null
  return includeSubDomains ? `${HSTS}; includeSubDomains` : HSTS
}

/**
 * Returns the headers that every answer of Latchkey has (DESIGN section 3).
 * @param hsts value of Strict-Transport-Security, from `hstsOf`.
 */
export function commonHeaders(hsts: string | null): Record<string, string> {
  return {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': NO_DOCUMENT_POLICY,
    'Referrer-Policy': 'same-origin',
    ...(hsts === null ? {} : { 'Strict-Transport-Security': hsts }),
  }
}

/** Returns the answer of a route as a Response. `headers` already contains the common headers. */
export function toResponse(answer: Answer, headers: Headers, now: number): Response {
  for (const cookie of answer.cookies ?? []) headers.append('Set-Cookie', toSetCookie(cookie, now))
  if (answer.fileName !== undefined) {
    headers.set('Content-Disposition', `attachment; filename="${answer.fileName}"`)
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) setHeader(headers, name, value)
  if (answer.location !== undefined) headers.set('Location', answer.location)
  if (answer.text !== undefined) return toTextResponse(answer.status, answer.text, headers)
  if (answer.stream !== undefined) {
    headers.set('Content-Type', 'application/json')
    return new Response(streamBody(answer.stream), { status: answer.status, headers })
  }
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers })
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers })
}

function toTextResponse(status: number, text: NonNullable<Answer['text']>, headers: Headers): Response {
  headers.set('Content-Type', text.type)
  if (text.policy !== undefined) headers.set('Content-Security-Policy', text.policy)
  if (text.type.startsWith('text/html')) headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  return new Response(text.content, { status, headers })
}

/** Sets a header; `Vary` is a list, to which CORS may have added a name. */
function setHeader(headers: Headers, name: string, value: string): void {
  if (name === 'Vary') headers.append(name, value)
  else headers.set(name, value)
}
