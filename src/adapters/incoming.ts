/*
 * What adapters look at before a request is one of the Fetch standard: whether it is for Latchkey, and what only `node:http`
 * can see, such as header lines that came twice.
 */
import type { IncomingMessage } from 'node:http'
import { Refusal } from '../kernel/refusal.ts'

/** Headers that decide who is asked and who asks; two lines of one would be two answers (RFC 9112 section 3.2). */
const SINGLE_HEADERS = ['host', 'authorization']
/** Methods that the Fetch standard cannot represent. */
const UNFETCHABLE_METHODS = new Set(['TRACE', 'TRACK', 'CONNECT'])
/** What Latchkey has routes for. */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']

/** True for a URL of the base path or below it. */
export function isUnder(url: string | undefined, basePath: string): boolean {
  if (url === undefined || !url.startsWith(basePath)) return false
  const after = url[basePath.length]
  return after === undefined || after === '/' || after === '?'
}

/** Throws for a request of which two readers could see two: a Host or Authorization line twice, or no Host (RFC 9112). */
export function refuseAmbiguity({ method = '', rawHeaders, headers, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined && httpVersion !== '1.0') {
    throw new Refusal('bad_request', { detail: 'The header host is missing.' })
  }
  if (UNFETCHABLE_METHODS.has(method)) throw new Refusal('method_not_allowed', { allow: METHODS })
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!SINGLE_HEADERS.includes(name)) continue
    if (seen.has(name)) throw new Refusal('bad_request', { detail: `The header ${name} came twice.` })
    seen.add(name)
  }
}
