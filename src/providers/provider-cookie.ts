import { SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { RouteRequest } from '../kernel/route.ts'
import { FLOW_MS } from './flow-state.ts'

/** Suffix of the cookie that contains a round with a provider. */
const SUFFIX = 'provider'

/** Returns the rounds in the cookies of a request, sealed. */
export function readProviderCookies({ cookies }: Pick<RouteRequest, 'cookies'>): readonly string[] {
  return cookies(SUFFIX)
}

/** Returns the cookie of a round. */
export function providerCookie(cookies: CookieFactory, sealed: string): Cookie {
  return cookies.make(sealed, { suffix: SUFFIX, maxAgeSeconds: FLOW_MS / SECOND_MS })
}

/** Returns the cookies that end a round in the browser. */
export function clearProviderCookie(cookies: CookieFactory): readonly Cookie[] {
  return cookies.clear(SUFFIX)
}
