/* Requests and answers of either world: Fetch or `node:http`. */
import type { IncomingMessage } from 'node:http'
import type { HeaderReader } from '../kernel/header-reader.ts'

/** A request of either world: Fetch or `node:http`. */
export type AnyRequest = Request | IncomingMessage

/** Where a renewed cookie goes: the headers of the application's own answer, or a `ServerResponse`. */
export type CookieTarget = Headers | { appendHeader(name: string, value: string): unknown }

/** Reads headers of the request: one gives null or undefined when it is not there. */
export function headerReader({ headers }: AnyRequest): HeaderReader {
  if (headers instanceof Headers) return (name) => headers.get(name)
  return (name) => headers[name] as string | undefined // none of those that are read comes as a list
}

/** True for a header that came in two lines, of which `node:http` shows one. In Fetch they are one, with a comma. */
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

/** Adds a cookie, written as `toSetCookie` does, to an answer. */
export function addSetCookie(answer: CookieTarget, line: string): void {
  if (answer instanceof Headers) answer.append('Set-Cookie', line)
  else answer.appendHeader('Set-Cookie', line)
}
