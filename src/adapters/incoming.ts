/*
 * Checks of a `node:http` request before it becomes a Request of the Fetch standard: whether it is for Latchkey, and
 * properties that only `node:http` shows, such as repeated header lines.
 */
import type { IncomingMessage } from 'node:http'
import { Refusal } from '../kernel/refusal.ts'

/** Headers that decide the host and the caller. Two lines of one header would be ambiguous (RFC 9112 section 3.2). */
const SINGLE_HEADERS = ['host', 'authorization']
/** Methods that the Fetch standard cannot represent. */
const UNFETCHABLE_METHODS = new Set(['TRACE', 'TRACK', 'CONNECT'])
/** Methods that Latchkey has routes for. */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']

/** Returns true if the URL is the base path or below it. */
export function isUnder(url: string | undefined, basePath: string): boolean {
  if (url === undefined || !url.startsWith(basePath)) return false
  const after = url[basePath.length]
  return after === undefined || after === '/' || after === '?'
}

/**
 * Throws for a request that two readers could interpret differently: repeated Host or Authorization, or no Host (RFC
 * 9112).
 */
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
