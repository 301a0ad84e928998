/* One view of the requests and responses of Fetch and `node:http`. */
import type { IncomingMessage } from 'node:http'
import type { HeaderReader } from '../kernel/header-reader.ts'

/** A request of Fetch or of `node:http`. */
export type AnyRequest = Request | IncomingMessage

/** Target of a renewed cookie: the headers of the application's response, or a `ServerResponse`. */
export type CookieTarget =
  | Headers
  | { readonly headersSent?: boolean; appendHeader(name: string, value: string): unknown }

/**
 * Refuses other objects, such as the context of a framework: reading their headers could miss the credentials.
 * @throws TypeError.
 */
export function requireRequest(request: AnyRequest): void {
  const { headers, rawHeaders } = (request ?? {}) as Partial<IncomingMessage>
  if (headers !== undefined && (hasGet(headers) || Array.isArray(rawHeaders))) return
  throw new TypeError(
    'The request must be a Request, or an IncomingMessage of node:http: request.raw in Fastify, context.req in Koa, context.req.raw in Hono',
  )
}

/**
 * Refuses objects that cannot receive a cookie. A renewed cookie is rare, so the mistake would show only once a day.
 * @throws TypeError.
 */
export function requireCookieTarget(answer: CookieTarget): void {
  if (typeof answer === 'object' && answer !== null && ('append' in answer || 'appendHeader' in answer)) return
  throw new TypeError('The answer must be Headers, a ServerResponse, or an object with the method appendHeader')
}

/** Returns a function that reads headers of the request, with null or undefined for an absent header. */
export function headerReader({ headers }: AnyRequest): HeaderReader {
  if (hasGet(headers)) return (name) => headers.get(name)
  return (name) => headers[name] as string | undefined // we read no header that `node:http` returns as a list
}

/**
 * Returns true if a header was sent in several lines, of which `node:http` returns only one. Fetch joins the lines with a
 * comma, so there it returns false.
 */
export function cameTwice(request: AnyRequest, name: string): boolean {
  const { headers } = request
  if (hasGet(headers) || headers[name] === undefined) return false
  const { rawHeaders } = request as IncomingMessage
  let lines = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const each = rawHeaders[index] ?? ''
    if (each.length === name.length && each.toLowerCase() === name) lines++
  }
  return lines > 1
}

/** Returns false if the headers were already sent, or belong to an immutable response such as `Response.redirect(...)`. */
export function takesCookie(answer: CookieTarget): boolean {
  if ('appendHeader' in answer) return answer.headersSent !== true
  try {
    answer.delete('latchkey-probe') // throws for immutable headers, also if it finds nothing to delete
    return true
  } catch {
    return false
  }
}

/**
 * Adds a cookie to a response, unless the application answered in the meantime.
 * @param line value of the Set-Cookie header, from `toSetCookie`.
 */
export function addSetCookie(answer: CookieTarget, line: string): void {
  if (!takesCookie(answer)) return
  if ('appendHeader' in answer) answer.appendHeader('Set-Cookie', line)
  else answer.append('Set-Cookie', line)
}

/** Returns true for Headers of any realm, such as those of undici or of a test environment. A header is never a function. */
function hasGet(headers: object): headers is Headers {
  return 'get' in headers && typeof headers.get === 'function'
}
