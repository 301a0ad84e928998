/* One view of the requests and responses of Fetch and `node:http`. */
import type { IncomingMessage } from 'node:http'
import type { HeaderReader } from '../kernel/header-reader.ts'

/** A request of Fetch or of `node:http`. */
export type AnyRequest = Request | IncomingMessage

/** Target of a renewed cookie: the headers of the application's response, or a `ServerResponse`. */
export type CookieTarget =
  | Headers
  | { readonly headersSent?: boolean; appendHeader(name: string, value: string): unknown }

/** Returns a function that reads headers of the request, with null or undefined for an absent header. */
export function headerReader({ headers }: AnyRequest): HeaderReader {
  if (headers instanceof Headers) return (name) => headers.get(name)
  return (name) => headers[name] as string | undefined // we read no header that `node:http` returns as a list
}

/**
 * Returns true if a header was sent in several lines, of which `node:http` returns only one. Fetch joins the lines with a
 * comma, so there it returns false.
 */
export function cameTwice(request: AnyRequest, name: string): boolean {
  const { headers } = request
  if (headers instanceof Headers || headers[name] === undefined) return false
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
  if (!(answer instanceof Headers)) return answer.headersSent !== true
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
  if (answer instanceof Headers) answer.append('Set-Cookie', line)
  else answer.appendHeader('Set-Cookie', line)
}
