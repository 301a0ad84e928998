import { MAX_COOKIES, readCookies } from '../kernel/cookie-syntax.ts'
import type { HeaderReader } from '../kernel/header-reader.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type AnyRequest, cameTwice, headerReader } from './any-request.ts'

/** The credentials of a request, not verified yet. */
export interface Credentials {
  /** Text of the session token or sealed session; null if the request has none, or too many cookies. */
  readonly sessionToken: string | null
  /** Texts of the other session cookies, at most three: of services on nested domains, or of earlier settings. */
  readonly rivals: readonly string[]
  /** Place of the session token. An app without cookies sends it as a Bearer token. */
  readonly sessionCame: 'in_cookie' | 'in_header' | null
  /** Text of any other Bearer token. */
  readonly accessToken: string | null
  /** The proof of a token that came with the scheme DPoP, empty without one; null for the scheme Bearer. */
  readonly proof: string | null
  /** True if the request has a session cookie, valid or not. A cookie that is not valid is cleared. */
  readonly hasCookie: boolean
  /** Refusal of all credentials: a session cookie together with a Bearer token, or a browser with a session in a header. */
  readonly refusal: 'two_credentials' | 'cookie_required' | null
}

const BEARER = 'bearer'
const DPOP = 'dpop'
/** Longer Bearer tokens are refused unread. Each kind of token has a shorter limit of its own. */
const MAX_BEARER_LENGTH = 4_096
const SESSION_PREFIX = 'lks_'
/** Headers of browsers; every request of a browser has at least one. Node's `fetch` also sends `sec-fetch-mode`. */
const BROWSER_HEADERS = ['origin', 'sec-fetch-site', 'sec-fetch-dest'] as const

const NONE: readonly string[] = []

/** The value for a request without credentials. */
const NO_CREDENTIALS: Credentials = {
  sessionToken: null,
  rivals: NONE,
  sessionCame: null,
  accessToken: null,
  proof: null,
  hasCookie: false,
  refusal: null,
}

/** Reads the credentials of a request. Schemes other than Bearer and DPoP, such as Basic from a proxy, are ignored. */
export function readCredentials(request: AnyRequest, cookieName: string): Credentials {
  if (cameTwice(request, 'authorization')) return { ...NO_CREDENTIALS, refusal: 'two_credentials' }
  const header = headerReader(request)
  const cookieHeader = header('cookie')
  const authorization = header('authorization')
  const bearer = authorization ? readToken(authorization) : null
  const cookies = cookieHeader ? readCookies(cookieHeader, cookieName) : NONE
  const [sessionToken] = cookies
  if (sessionToken === undefined) return bearer === null ? NO_CREDENTIALS : readBearer(bearer, header)
  if (bearer !== null) return { ...NO_CREDENTIALS, hasCookie: true, refusal: 'two_credentials' }
  if (cookies.length > MAX_COOKIES) return { ...NO_CREDENTIALS, hasCookie: true }
  return bySessionCookie(sessionToken, cookies.length === 1 ? NONE : cookies.slice(1))
}

/**
 * Returns the refusal for credentials that are missing or not valid.
 * @param scopes what an app must ask for, to call again with a token.
 */
export function refuseCredentials(
  { accessToken, sessionCame, refusal }: Credentials,
  scopes: readonly string[] = NONE,
): Refusal {
  if (refusal !== null) return new Refusal(refusal)
  const isToken = accessToken !== null || sessionCame === 'in_header'
  return new Refusal(isToken ? 'invalid_token' : 'unauthenticated', scopes.length === 0 ? {} : { scopes })
}

/** Returns true if a browser sent the request. In a browser only the cookie may contain the session: scripts cannot read it. */
export function isFromBrowser(header: HeaderReader): boolean {
  return BROWSER_HEADERS.some((name) => typeof header(name) === 'string')
}

/** A token of an Authorization header. */
interface SentToken {
  readonly text: string
  readonly isBearer: boolean
}

/**
 * Returns the token of an Authorization header (RFC 6750 section 2.1, RFC 9449 section 7.1), or null for another scheme. A text that
 * cannot be a token, such as one that is too long, becomes an empty token, which is refused.
 */
function readToken(authorization: string): SentToken | null {
  const end = authorization.indexOf(' ')
  const scheme = (end === -1 ? authorization : authorization.slice(0, Math.min(end, BEARER.length + 1))).toLowerCase()
  if (scheme !== BEARER && scheme !== DPOP) return null
  const text = authorization.slice(scheme.length).trim()
  return { text: text.length > MAX_BEARER_LENGTH || text.includes(' ') ? '' : text, isBearer: scheme === BEARER }
}

/** Written out: a spread costs more, and every request of a browser comes here. */
function bySessionCookie(sessionToken: string, rivals: readonly string[]): Credentials {
  return {
    sessionToken,
    rivals,
    sessionCame: 'in_cookie',
    accessToken: null,
    proof: null,
    hasCookie: true,
    refusal: null,
  }
}

function readBearer({ text, isBearer }: SentToken, header: HeaderReader): Credentials {
  if (!isBearer) return { ...NO_CREDENTIALS, accessToken: text, proof: header('dpop') ?? '' }
  if (!text.startsWith(SESSION_PREFIX)) return { ...NO_CREDENTIALS, accessToken: text }
  if (isFromBrowser(header)) return { ...NO_CREDENTIALS, refusal: 'cookie_required' }
  return { ...NO_CREDENTIALS, sessionToken: text, sessionCame: 'in_header' }
}
