import { SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { ATTEMPT_HEADER, type RouteRequest } from '../kernel/route.ts'
import { ATTEMPT_LIFE_MS } from './attempt-token.ts'

/** Suffix of the cookie that contains the token of a login attempt in a browser. */
const SUFFIX = 'attempt'

/**
 * Returns the login attempt token of a request: from the cookie, or from the header of an app that keeps no cookies.
 */
export function readAttemptToken({
  cookie,
  header,
  isCookieless,
}: Pick<RouteRequest, 'cookie' | 'header' | 'isCookieless'>): string | null {
  return isCookieless ? header(ATTEMPT_HEADER) : cookie(SUFFIX)
}

/** Returns the cookie of a login attempt. */
export function attemptCookie(cookies: CookieFactory, token: string): Cookie {
  return cookies.make(token, { suffix: SUFFIX, maxAgeSeconds: ATTEMPT_LIFE_MS / SECOND_MS })
}

/** Returns the cookie that clears the attempt cookie of the request, or nothing if the request has none. */
export function clearAttemptCookie(
  cookies: CookieFactory,
  cookie: (suffix: string) => string | null,
): readonly Cookie[] {
  return cookie(SUFFIX) === null ? [] : [cookies.clear(SUFFIX)]
}
