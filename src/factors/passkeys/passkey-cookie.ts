import { SECOND_MS } from '../../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../../kernel/cookie.ts'
import type { RouteRequest } from '../../kernel/route.ts'
import { readAttemptTokens } from '../../login/attempt-cookie.ts'
import { ATTEMPT_LIFE_MS } from '../../login/attempt-token.ts'

/**
 * Suffix of the cookie that contains the token of a login or registration that begins with a passkey. It is not the cookie of the
 * attempt: the login page prepares one when it opens, and must not end a login that waits for its second step in another tab.
 */
const SUFFIX = 'passkey'

/** Returns the tokens of the logins and registrations that a request continues. */
export function readCeremonyTokens(
  request: Pick<RouteRequest, 'cookies' | 'header' | 'isCookieless'>,
): readonly string[] {
  return request.isCookieless ? readAttemptTokens(request) : request.cookies(SUFFIX)
}

/** Returns how a client receives the token of a ceremony: in a cookie, or in the header `Latchkey-Attempt`. */
export function issueCeremony(
  cookies: CookieFactory,
  token: string,
): { readonly token: string; readonly cookie: Cookie } {
  return { token, cookie: cookies.make(token, { suffix: SUFFIX, maxAgeSeconds: ATTEMPT_LIFE_MS / SECOND_MS }) }
}

/** Returns the cookies that clear the one of a ceremony, or nothing if the request has none. */
export function clearCeremonyCookie(
  factory: CookieFactory,
  { cookies }: Pick<RouteRequest, 'cookies'>,
): readonly Cookie[] {
  return cookies(SUFFIX).length === 0 ? [] : factory.clear(SUFFIX)
}
