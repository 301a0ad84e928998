/*
 * The session cookie of DESIGN section 3: HttpOnly and SameSite=Lax always, Secure and the __Host- prefix on https
 * (RFC 6265bis section 4.1.3), no Domain unless one is configured. Proved by session-cookie.test.ts.
 */
import { getPublicSuffix } from 'tldts'
import type { NewSecret } from '../kernel/principal.ts'
import type { Cookie } from '../kernel/route.ts'
import { idleLimitMs, type SessionSettings } from './settings.ts'

/** Where cookies are valid. */
export interface CookieScope {
  /** The public origin. */
  readonly baseUrl: URL
  /** Shares the cookie with subdomains of this domain; gives up the `__Host-` prefix. */
  readonly domain?: string | undefined
}

/** Makes cookies of ours: the right prefix and attributes for the base URL. */
export interface CookieJar {
  /** The full name of a cookie of ours: `__Host-latchkey`, `__Host-latchkey-device`, ... */
  name(suffix?: string): string
  /** A cookie with our attributes. */
  make(value: string, options?: { readonly suffix?: string; readonly maxAgeSeconds?: number }): Cookie
  /** The cookie that makes a client forget ours. */
  clear(suffix?: string): Cookie
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for an origin that only this machine can be reached by. */
export function isLocalOrigin({ hostname }: URL): boolean {
  return LOCAL_HOSTS.has(hostname)
}

/**
 * Checks where the cookie would be valid.
 * @returns what is wrong and what would be right, or null.
 */
export function findCookieProblem({ baseUrl, domain }: CookieScope): string | null {
  const isHttps = baseUrl.protocol === 'https:'
  if (!isHttps && !isLocalOrigin(baseUrl)) {
    return `baseUrl is plain http on ${baseUrl.hostname}, where anybody on the way reads the cookie: use https (plain http is for localhost)`
  }
  if (domain === undefined) return null
  if (!isHttps) return 'cookie.domain needs an https baseUrl'
  if (getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
    return `cookie.domain "${domain}" is a public suffix: the cookie would be everybody's. Use a domain you own, such as example.${domain}`
  }
  const host = baseUrl.hostname
  if (host !== domain && !host.endsWith(`.${domain}`)) {
    return `cookie.domain "${domain}" does not cover the host of baseUrl, ${host}`
  }
  return null
}

/** Makes the cookies for a scope that `findCookieProblem` has nothing against. */
export function createCookieJar({ baseUrl, domain }: CookieScope): CookieJar {
  const secure = baseUrl.protocol === 'https:'
  const prefix = !secure ? '' : domain === undefined ? '__Host-' : '__Secure-'
  const name = (suffix?: string): string => `${prefix}latchkey${suffix === undefined ? '' : `-${suffix}`}`
  const shared = { secure, ...(domain === undefined ? {} : { domain }) }
  return {
    name,
    make: (value, { suffix, maxAgeSeconds } = {}) => ({
      ...shared,
      name: name(suffix),
      value,
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    }),
    clear: (suffix) => ({ ...shared, name: name(suffix), value: '', maxAgeSeconds: 0 }),
  }
}

/** The cookie of a session: until the browser closes, or, remembered, for the idle limit. */
export function sessionCookie(
  jar: CookieJar,
  settings: SessionSettings,
  { session, token }: Pick<NewSecret, 'session' | 'token'>,
): Cookie {
  if (!session.remembered) return jar.make(token)
  const remainingMs = Math.min(idleLimitMs(settings, true), session.expiresAt - session.cookieSentAt)
  return jar.make(token, { maxAgeSeconds: Math.max(1, Math.floor(remainingMs / 1_000)) })
}
