import { SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { ATTEMPT_HEADER, type RouteRequest } from '../kernel/route.ts'
import { ATTEMPT_LIFE_MS } from './attempt-token.ts'

/** Suffix of the cookie that contains the token of a login attempt in a browser. */
const SUFFIX = 'attempt'

/**
 * Returns the login attempt tokens of a request: from the cookies, or from the header of an app that keeps no cookies.
 */
export function readAttemptTokens({
  cookies,
  header,
  isCookieless,
}: Pick<RouteRequest, 'cookies' | 'header' | 'isCookieless'>): readonly string[] {
  if (!isCookieless) return cookies(SUFFIX)
  const token = header(ATTEMPT_HEADER)
  return token === null ? [] : [token]
}

/** Returns the cookie of a login attempt. */
export function attemptCookie(cookies: CookieFactory, token: string): Cookie {
  return cookies.make(token, { suffix: SUFFIX, maxAgeSeconds: ATTEMPT_LIFE_MS / SECOND_MS })
}

/** Returns the cookies that clear the attempt cookie of the request, or nothing if the request has none. */
export function clearAttemptCookie(
  factory: CookieFactory,
  { cookies }: Pick<RouteRequest, 'cookies'>,
): readonly Cookie[] {
  return cookies(SUFFIX).length === 0 ? [] : factory.clear(SUFFIX)
}
