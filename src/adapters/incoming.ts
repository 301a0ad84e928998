/*
 * Checks of a `node:http` request before it becomes a Request of the Fetch standard: whether it is for Latchkey, and
 * properties that only `node:http` shows, such as repeated header lines.
 */
import type { IncomingMessage } from 'node:http'
import type { Latchkey } from '../instance.ts'
import { Refusal } from '../kernel/refusal.ts'
import { refuseTransferCoding } from '../kernel/transfer-coding.ts'

/** Headers that decide the host and the caller. Two lines of one header would be ambiguous (RFC 9112 section 3.2). */
const SINGLE_HEADERS = ['host', 'authorization']
/** Methods that the Fetch standard cannot represent. */
const UNFETCHABLE_METHODS = new Set(['TRACE', 'TRACK', 'CONNECT'])
/** Methods that Latchkey has routes for. */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']

/** An absolute-form request target, up to its path (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i

/**
 * Returns a request target in origin-form, as almost all clients send it: `/auth/session?x=1`. Clients of proxies send the
 * absolute-form, `http://example.com/auth/session?x=1`.
 */
export function toOriginForm(target: string | undefined): string {
  if (target === undefined || target.startsWith('/')) return target ?? ''
  const path = target.replace(ABSOLUTE_FORM, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** Returns the path of a request target, without a slash at its end, which changes nothing. */
export function toPath(target: string | undefined): string {
  const [path = ''] = toOriginForm(target).split('?', 1)
  return path === '/' ? path : path.replace(/\/$/, '')
}

/**
 * Gives a request for Latchkey the origin-form of a target. The host of an absolute-form replaces the header Host (RFC 9112
 * section 3.2.2).
 * @param target the target as the client sent it. A framework may have removed a part of its path from `request.url`.
 */
export function setTarget(request: IncomingMessage, target: string | undefined): void {
  const host = ABSOLUTE_FORM.exec(target ?? '')?.[1]
  request.url = toOriginForm(target)
  if (host === undefined || request.headers.host === undefined) return
  request.headers.host = host
  request.rawHeaders.forEach((name, index, all) => {
    if (index % 2 === 0 && name.toLowerCase() === 'host') all[index + 1] = host
  })
}

/** Returns true if a request target, in any form, is the base path, below it, or one of the paths at the root. */
export function isForLatchkey(
  target: string | undefined,
  { basePath, rootPaths }: Pick<Latchkey, 'basePath' | 'rootPaths'>,
): boolean {
  const url = toOriginForm(target)
  if (rootPaths.length > 0 && rootPaths.includes(toPath(url))) return true
  if (!url.startsWith(basePath)) return false
  const after = url[basePath.length]
  return after === undefined || after === '/' || after === '?'
}

/**
 * Throws for a request that two readers could interpret differently: repeated Host or Authorization, no Host (RFC 9112), or a
 * Host that differs from `:authority` (RFC 9113 section 8.3.1); and for a transfer coding that is not supported.
 */
export function refuseAmbiguity({ method = '', rawHeaders, headers, httpVersion }: IncomingMessage): void {
  const authority = headers[':authority'] // HTTP/2
  if (headers.host === undefined && authority === undefined && httpVersion !== '1.0') {
    throw new Refusal('bad_request', { detail: 'The header host is missing.' })
  }
  if (headers.host !== undefined && authority !== undefined && headers.host !== authority) {
    throw new Refusal('bad_request', { detail: 'The header host differs from :authority.' })
  }
  refuseTransferCoding(headers['transfer-encoding'])
  if (UNFETCHABLE_METHODS.has(method)) throw new Refusal('method_not_allowed', { allow: METHODS })
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!SINGLE_HEADERS.includes(name)) continue
    if (seen.has(name)) throw new Refusal('bad_request', { detail: `The header ${name} came twice.` })
    seen.add(name)
  }
}
