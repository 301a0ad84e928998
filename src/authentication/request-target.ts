/* The request that a proof of possession must be for. Its origin is never taken from the request. */
import type { HeaderReader } from '../kernel/header-reader.ts'
import type { Origins } from '../kernel/origins.ts'
import { type RequestTarget, withoutQuery } from '../oauth/tokens/dpop-proof.ts'
import type { AnyRequest } from './any-request.ts'

/** Returns the target of a request of the application. A framework may have removed a part of its path from `url`. */
export function targetOf(request: AnyRequest, origins: Origins): RequestTarget | null {
  const { method, url, originalUrl } = request as AnyRequest & { readonly originalUrl?: string }
  const path = pathOf(originalUrl ?? url)
  return method === undefined || path === null ? null : toTarget(method, path, origins)
}

const METHOD_HEADERS = ['x-forwarded-method', 'x-original-method']
const PATH_HEADERS = ['x-forwarded-uri', 'x-original-uri']

/** Returns true if a proxy describes the request that it asks about, also in part. */
export function isDescribed(header: HeaderReader): boolean {
  return [...METHOD_HEADERS, ...PATH_HEADERS].some((name) => header(name) != null)
}

/**
 * Returns the target of the request that a proxy asks about; null if its headers do not say it, or contradict each other.
 * @param resource URL of the API behind the proxy, if it is not this service.
 */
export function proxiedTargetOf(
  header: HeaderReader,
  { own, trusted }: Origins,
  resource: string | null,
): RequestTarget | null {
  const methods = new Set(METHOD_HEADERS.flatMap((name) => header(name) ?? []))
  const [method] = methods
  const path = pathOf(PATH_HEADERS.map(header).find((value) => value != null) ?? undefined)
  if (methods.size > 1 || method === undefined || path === null) return null
  const other = resource === null ? null : URL.parse(resource)
  return toTarget(method, path, { own, trusted: new Set([...trusted, ...(other === null ? [] : [other.origin])]) })
}

function toTarget(method: string, path: string, { own, trusted }: Origins): RequestTarget {
  return { method, urls: [own, ...trusted].map((origin) => withoutQuery(`${origin}${path}`)) }
}

function pathOf(url: string | undefined): string | null {
  if (url?.startsWith('/')) return url
  return URL.parse(url ?? '')?.pathname ?? null
}
