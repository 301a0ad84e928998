import type { Origins } from './origins.ts'

const MAX_LENGTH = 2_048
const PATH_OR_ABSOLUTE = /^(?:\/|https?:\/\/)/i

/**
 * Parses the location that a form leads to: a path on our origin, or a URL on a trusted origin (ASVS 3.7.2). The text is
 * parsed the way a browser does it (WHATWG URL), so that `//host`, `/\host` and `/.//host` cannot lead to another host.
 * @returns the location, or null for any other text.
 */
export function parseNextLocation(next: string | undefined, { own, trusted }: Origins): string | null {
  if (next === undefined || next.length > MAX_LENGTH || !PATH_OR_ABSOLUTE.test(next)) return null
  const url = URL.parse(next, own)
  if (url === null || url.username !== '' || url.password !== '') return null
  if (trusted.has(url.origin)) return upToLimit(url.href)
  // A browser reads a location that starts with two slashes as another host.
  if (url.origin !== own || url.pathname.startsWith('//')) return null
  return upToLimit(`${url.pathname}${url.search}${url.hash}`)
}

/** A URL writes some characters with nine. A cookie that contains the location must not exceed 4096 bytes, or browsers drop it. */
function upToLimit(location: string): string | null {
  return location.length > MAX_LENGTH ? null : location
}
