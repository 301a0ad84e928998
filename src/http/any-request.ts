/* Requests and answers of either world: Fetch or `node:http`. */
import type { IncomingMessage } from 'node:http'

/** A request of either world: Fetch or `node:http`. */
export type AnyRequest = Request | IncomingMessage

/** Where a renewed cookie goes: the headers of the application's own answer, or a `ServerResponse`. */
export type CookieTarget = Headers | { appendHeader(name: string, value: string): unknown }

/** Reads headers of the request: one gives null or undefined when it is not there. */
export function headerReader({ headers }: AnyRequest): (name: string) => string | null | undefined {
  if (headers instanceof Headers) return (name) => headers.get(name)
  return (name) => headers[name] as string | undefined // none of those that are read comes as a list
}

/** Adds a cookie, written as `toSetCookie` does, to an answer. */
export function addSetCookie(answer: CookieTarget, line: string): void {
  if (answer instanceof Headers) answer.append('Set-Cookie', line)
  else answer.appendHeader('Set-Cookie', line)
}
