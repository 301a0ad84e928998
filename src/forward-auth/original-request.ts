import { isSafeRequest } from '../http/cross-origin.ts'
import type { HeaderReader } from '../kernel/header-reader.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'

/** The request that a proxy asks about, as its headers describe it. */
export interface OriginalRequest {
  /** True if every method header says that the request changes nothing. */
  readonly isSafe: boolean
  /** URL to return to after a login; null if it is not on an allowed origin. */
  readonly location: string | null
}

/** The header of Caddy and Traefik, then the usual header in nginx configurations. */
const METHOD_HEADERS = ['x-forwarded-method', 'x-original-method']

/** Returns the original request as the proxy's headers describe it. */
export function readOriginalRequest(header: HeaderReader, origins: Origins): OriginalRequest {
  return { isSafe: isSafe(header), location: findLocation(header, origins) }
}

/**
 * Returns true if all method headers name a safe method. The proxy sets one of them, but the client may have sent the
 * other, so both must be safe. If a proxy sends no method, the request may have any method.
 */
function isSafe(header: HeaderReader): boolean {
  const methods = METHOD_HEADERS.map(header).filter((method) => typeof method === 'string')
  return methods.length > 0 && methods.every((method) => isSafeRequest(method, header))
}

/**
 * Returns the URL of the original request. Its origin must be allowed by the settings; it is never built from headers.
 */
function findLocation(header: HeaderReader, origins: Origins): string | null {
  const host = header('x-forwarded-host') ?? header('host')
  const path = header('x-forwarded-uri') ?? header('x-original-uri')
  if (host == null || !path?.startsWith('/')) return null
  const origin = [origins.own, ...origins.trusted].find((allowed) => isHostOf(allowed, host))
  return origin === undefined ? null : parseNextLocation(`${origin}${path}`, origins)
}

function isHostOf(origin: string, host: string): boolean {
  const { protocol } = new URL(origin)
  return URL.parse(`${protocol}//${host}`)?.origin === origin
}
