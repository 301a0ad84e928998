import { DAY_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie of a device that is not asked for a second factor. */
const SUFFIX = 'trusted'
const TRUSTED_SECONDS = (30 * DAY_MS) / SECOND_MS

/** Returns the tokens of remembered devices that the browser sent. */
export function readTrustedTokens({ cookies }: Pick<RouteRequest, 'cookies'>): readonly string[] {
  return cookies(SUFFIX)
}

/** Returns the cookie of a remembered device. */
export function trustedCookie(cookies: CookieFactory, token: string): Cookie {
  return cookies.make(token, { suffix: SUFFIX, maxAgeSeconds: TRUSTED_SECONDS })
}
