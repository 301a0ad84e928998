import type { Connection } from '../kernel/connection.ts'
import { isLoopbackAddress } from '../kernel/ip-address.ts'
import { isLocalOrigin } from '../kernel/origins.ts'

/** Headers that proxies add, besides `X-Forwarded-*`. */
const FORWARDING = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'cf-connecting-ip',
  'cf-ray',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'cdn-loop',
])

/**
 * Returns true if a request comes from this machine and no proxy forwarded it: the socket is loopback, the host is local,
 * and no header tells of a proxy. A request without a socket, such as one through a Unix socket, is not local.
 */
export function isLocalRequest(request: Request, { remoteAddress }: Connection): boolean {
  if (remoteAddress === undefined || !isLoopbackAddress(remoteAddress)) return false
  return hasLocalHost(request) && ![...request.headers.keys()].some(isForwardingHeader)
}

function hasLocalHost(request: Request): boolean {
  const host = request.headers.get('host') ?? new URL(request.url).host
  const url = URL.parse(`http://${host}`)
  return url !== null && isLocalOrigin(url)
}

function isForwardingHeader(name: string): boolean {
  return FORWARDING.has(name) || name.startsWith('x-forwarded')
}
