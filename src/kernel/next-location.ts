import type { Origins } from './origins.ts'

const MAX_LENGTH = 2_048
const PATH_OR_ABSOLUTE = /^(?:\/|https?:\/\/)/i

/**
 * Where to go after a form, if that is allowed: a path on our origin, or a URL on a trusted one (ASVS 3.7.2).
 * Judged by what a browser makes of it (WHATWG URL), so that `//host`, `/\host` and `/.//host` gain nothing.
 * @returns null for anything else.
 */
export function parseNextLocation(next: string | undefined, { own, trusted }: Origins): string | null {
  if (next === undefined || next.length > MAX_LENGTH || !PATH_OR_ABSOLUTE.test(next)) return null
  const url = URL.parse(next, own)
  if (url === null || url.username !== '' || url.password !== '') return null
  if (trusted.has(url.origin)) return url.href
  // A path of two slashes would be read as another host when it stands alone.
  if (url.origin !== own || url.pathname.startsWith('//')) return null
  return `${url.pathname}${url.search}${url.hash}`
}
