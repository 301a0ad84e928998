import { serialize } from 'hono/utils/cookie'
import { DAY_MS, SECOND_MS } from './clock.ts'
import type { Cookie } from './cookie.ts'

/** A cookie that a request carries: its value, that it is absent, or that it came more than once. */
export type ReadCookie = { readonly found: 'one'; readonly value: string } | { readonly found: 'none' | 'several' }

const NONE: ReadCookie = { found: 'none' }
const SEVERAL: ReadCookie = { found: 'several' }
/** Browsers keep no cookie for longer (RFC 6265bis section 5.5), and hono writes none. */
const MAX_LIFETIME_MS = 400 * DAY_MS

/**
 * Finds a cookie in a Cookie header (RFC 6265 section 5.4) without parsing the others. Two of the same name are
 * neither believed: somebody on a sibling domain may have planted one.
 */
export function readCookie(header: string, name: string): ReadCookie {
  let found = NONE
  let start = 0
  while (start < header.length) {
    let end = header.indexOf(';', start)
    if (end === -1) end = header.length
    while (header[start] === ' ' || header[start] === '\t') start++
    if (header.startsWith(name, start) && header[start + name.length] === '=') {
      if (found !== NONE) return SEVERAL
      found = { found: 'one', value: header.slice(start + name.length + 1, end).trim() }
    }
    start = end + 1
  }
  return found
}

/** The value of a Set-Cookie header. Lifetimes stand as Max-Age and as Expires: some clients mishandle one alone. */
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

/** By the machine's clock no more than browsers keep, wherever the given clock stands. */
function expiresAt(maxAgeSeconds: number, now: number): Date {
  if (maxAgeSeconds === 0) return new Date(0)
  return new Date(Math.min(now + maxAgeSeconds * SECOND_MS, Date.now() + MAX_LIFETIME_MS))
}
