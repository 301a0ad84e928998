import { readCookie } from '../kernel/cookie-syntax.ts'
import type { HeaderReader } from '../kernel/header-reader.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type AnyRequest, cameTwice, headerReader } from './any-request.ts'

/** What a request offers as proof of who it is from. */
export interface Credentials {
  /** The text of a session's secret; null when there is none that can be believed. */
  readonly sessionToken: string | null
  /** Where it stood: an app that keeps no cookies sends it as a Bearer token. */
  readonly sessionCame: 'in_cookie' | 'in_header' | null
  /** The text of any other Bearer token. */
  readonly accessToken: string | null
  /** True when a session cookie came, believable or not: if it proves nothing it is cleared. */
  readonly hasCookie: boolean
  /** Why nothing of it is believed: our cookie beside a Bearer token, or a session in a header from a browser. */
  readonly refusal: 'two_credentials' | 'cookie_required' | null
}

const BEARER = /^bearer(?: +(\S*))? *$/i
const SESSION_PREFIX = 'lks_'
/** What browsers send, one of them at least with any request. Not `sec-fetch-mode`, which Node's `fetch` sends as well. */
const BROWSER_HEADERS = ['origin', 'sec-fetch-site', 'sec-fetch-dest'] as const

/** The credentials of a request that offers none. */
const NO_CREDENTIALS: Credentials = {
  sessionToken: null,
  sessionCame: null,
  accessToken: null,
  hasCookie: false,
  refusal: null,
}

/** Reads the credentials of a request. Schemes other than Bearer, such as the Basic of a proxy, are ignored. */
export function readCredentials(request: AnyRequest, cookieName: string): Credentials {
  if (cameTwice(request, 'authorization')) return { ...NO_CREDENTIALS, refusal: 'two_credentials' }
  const header = headerReader(request)
  const cookieHeader = header('cookie')
  const authorization = header('authorization')
  const bearer = authorization ? BEARER.exec(authorization) : null
  const cookie = cookieHeader ? readCookie(cookieHeader, cookieName) : null
  if (cookie === null || cookie.found === 'none')
    return bearer === null ? NO_CREDENTIALS : readBearer(bearer[1] ?? '', header)
  if (bearer !== null) return { ...NO_CREDENTIALS, hasCookie: true, refusal: 'two_credentials' }
  if (cookie.found !== 'one') return { ...NO_CREDENTIALS, hasCookie: true }
  return { sessionToken: cookie.value, sessionCame: 'in_cookie', accessToken: null, hasCookie: true, refusal: null }
}

/** Returns the refusal for credentials that proved nothing. */
export function refuseCredentials({ accessToken, sessionCame, refusal }: Credentials): Refusal {
  if (refusal !== null) return new Refusal(refusal)
  return new Refusal(accessToken !== null || sessionCame === 'in_header' ? 'invalid_token' : 'unauthenticated')
}

/** True for a request that a browser sent: there the session belongs into the cookie, which no script can read. */
export function isFromBrowser(header: HeaderReader): boolean {
  return BROWSER_HEADERS.some((name) => typeof header(name) === 'string')
}

function readBearer(token: string, header: HeaderReader): Credentials {
  if (!token.startsWith(SESSION_PREFIX)) return { ...NO_CREDENTIALS, accessToken: token }
  if (isFromBrowser(header)) return { ...NO_CREDENTIALS, refusal: 'cookie_required' }
  return { ...NO_CREDENTIALS, sessionToken: token, sessionCame: 'in_header' }
}
