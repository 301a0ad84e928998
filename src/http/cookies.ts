import { serialize } from 'hono/utils/cookie'
import type { Cookie } from '../kernel/route.ts'

/** A cookie that a request carries: its value, that it is absent, or that it came more than once. */
export type ReadCookie = { readonly found: 'one'; readonly value: string } | { readonly found: 'none' | 'several' }

const NONE: ReadCookie = { found: 'none' }
const SEVERAL: ReadCookie = { found: 'several' }

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
  const lifetime =
    maxAgeSeconds === undefined
      ? {}
      : { maxAge: maxAgeSeconds, expires: new Date(maxAgeSeconds === 0 ? 0 : now + maxAgeSeconds * 1_000) }
  return serialize(name, value, {
    path: '/',
    httpOnly: true,
    secure,
    sameSite: 'Lax',
    ...(domain === undefined ? {} : { domain }),
    ...lifetime,
  })
}
