import type { Principal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { readCookie } from './cookies.ts'

/** What a request offers as proof of who it is from. */
export interface Credentials {
  /** The session cookie's text; null when there is none that can be believed. */
  readonly sessionToken: string | null
  /** True when a session cookie came, believable or not: if it proves nothing it is cleared. */
  readonly hasCookie: boolean
}

/** Who a request is from, and the cookie that proved it. */
export interface Identity {
  readonly principal: Principal | null
  readonly credentials: Credentials
}

const BEARER = /^bearer(?:\s|$)/i

/**
 * Reads the credentials of a request. Another scheme than Bearer (a proxy's Basic) is ignored.
 * @throws two_credentials for our cookie beside a Bearer token.
 */
export function readCredentials(
  cookieHeader: string | null | undefined,
  authorization: string | null | undefined,
  cookieName: string,
): Credentials {
  if (!cookieHeader) return { sessionToken: null, hasCookie: false }
  const cookie = readCookie(cookieHeader, cookieName)
  if (cookie.found === 'none') return { sessionToken: null, hasCookie: false }
  if (authorization && BEARER.test(authorization)) throw new Refusal('two_credentials')
  return { sessionToken: cookie.found === 'one' ? cookie.value : null, hasCookie: true }
}
