import { serialize } from 'hono/utils/cookie'
import { DAY_MS, SECOND_MS } from './clock.ts'
import type { Cookie } from './cookie.ts'

/** Maximum number of cookies of one name that are looked at. */
export const MAX_COOKIES = 4
/** Browsers keep cookies for at most 400 days (RFC 6265bis section 5.5). Hono refuses longer lifetimes. */
const MAX_LIFETIME_MS = 400 * DAY_MS

/**
 * Finds the cookies of a name in a Cookie header (RFC 6265 section 5.4) without parsing the others. Services on nested
 * domains and earlier settings can leave several; an attacker on a sibling domain may have planted one of them.
 * @returns the first five values, in the order of the header; a fifth one says that there are too many.
 */
export function readCookies(header: string, name: string): readonly string[] {
  const found: string[] = []
  let start = 0
  while (start < header.length) {
    let end = header.indexOf(';', start)
    if (end === -1) end = header.length
    while (header[start] === ' ' || header[start] === '\t') start++
    if (header.startsWith(name, start) && header[start + name.length] === '=') {
      if (found.push(header.slice(start + name.length + 1, end).trim()) > MAX_COOKIES) return found
    }
    start = end + 1
  }
  return found
}

/**
 * Returns the value of a Set-Cookie header. A lifetime is written both as Max-Age and as Expires, because some clients
 * mishandle one of them.
 * @param now milliseconds since 1970 UTC.
 */
export function toSetCookie({ name, value, domain, secure, maxAgeSeconds }: Cookie, now: number): string {
  const lifetime = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds, expires: expiresAt(maxAgeSeconds, now) }
  return serialize(name, value, {
    path: '/',
    httpOnly: true,
    secure,
    sameSite: 'Lax',
    ...(domain === undefined ? {} : { domain }),
    ...lifetime,
  })
}

/** Returns when the cookie expires, at most 400 days after the time of the machine, which may differ from `now` in tests. */
function expiresAt(maxAgeSeconds: number, now: number): Date {
  if (maxAgeSeconds === 0) return new Date(0)
  return new Date(Math.min(now + maxAgeSeconds * SECOND_MS, Date.now() + MAX_LIFETIME_MS))
}
