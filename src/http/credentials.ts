import type { Principal } from '../kernel/principal.ts'
import { readCookie } from './cookies.ts'

/** What a request offers as proof of who it is from. */
export interface Credentials {
  /** The session cookie's text; null when there is none that can be believed. */
  readonly sessionToken: string | null
  /** True when a session cookie came, believable or not: if it proves nothing it is cleared. */
  readonly hasCookie: boolean
  /** True for our cookie beside a Bearer token: which one acts would be a guess, so neither does. */
  readonly isAmbiguous: boolean
}

/** Who a request is from, and the cookie that proved it. */
export interface Identity {
  readonly principal: Principal | null
  readonly credentials: Credentials
}

const BEARER = /^bearer(?:\s|$)/i
const NONE: Credentials = { sessionToken: null, hasCookie: false, isAmbiguous: false }

/** Reads the credentials of a request. Another scheme than Bearer (a proxy's Basic) is ignored. */
export function readCredentials(
  cookieHeader: string | null | undefined,
  authorization: string | null | undefined,
  cookieName: string,
): Credentials {
  if (!cookieHeader) return NONE
  const cookie = readCookie(cookieHeader, cookieName)
  if (cookie.found === 'none') return NONE
  const isAmbiguous = typeof authorization === 'string' && BEARER.test(authorization)
  const sessionToken = cookie.found === 'one' && !isAmbiguous ? cookie.value : null
  return { sessionToken, hasCookie: true, isAmbiguous }
}
