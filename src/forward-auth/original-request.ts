import { isSafeRequest } from '../http/cross-origin.ts'
import type { HeaderReader } from '../kernel/header-reader.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'

/** The request that a proxy asks about, as its headers describe it. */
export interface OriginalRequest {
  /** It changes nothing, by all that is told of it. */
  readonly isSafe: boolean
  /** Where to come back to after a login; null when that is no page of ours. */
  readonly location: string | null
}

/** Caddy and Traefik, then what people write for nginx. */
const METHOD_HEADERS = ['x-forwarded-method', 'x-original-method']

/** Reads what a proxy says of the request that it asks about. */
export function readOriginalRequest(header: HeaderReader, origins: Origins): OriginalRequest {
  return { isSafe: isSafe(header), location: findLocation(header, origins) }
}

/**
 * A proxy writes one of the headers, the client may have sent the other: only what both call safe is. A proxy that tells
 * no method may be asking about any.
 */
function isSafe(header: HeaderReader): boolean {
  const methods = METHOD_HEADERS.map(header).filter((method) => typeof method === 'string')
  return methods.length > 0 && methods.every((method) => isSafeRequest(method, header))
}

/** The origin is one that the settings allow, never one made of headers. */
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
