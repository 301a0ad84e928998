/* Requests and answers of either world: Fetch or `node:http`. */
import type { IncomingMessage } from 'node:http'

/** A request of either world: Fetch or `node:http`. */
export type AnyRequest = Request | IncomingMessage

/** Where a renewed cookie goes: the headers of the application's own answer, or a `ServerResponse`. */
export type CookieTarget = Headers | { appendHeader(name: string, value: string): unknown }

/** The value of a header; null or undefined when there is none. */
export function readHeader(request: AnyRequest, name: 'cookie' | 'authorization'): string | null | undefined {
  return request.headers instanceof Headers ? request.headers.get(name) : request.headers[name]
}

/** Adds a cookie, written as `toSetCookie` does, to an answer. */
export function addSetCookie(answer: CookieTarget, line: string): void {
  if (answer instanceof Headers) answer.append('Set-Cookie', line)
  else answer.appendHeader('Set-Cookie', line)
}
