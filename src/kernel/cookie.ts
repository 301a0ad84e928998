import { getDomain } from 'tldts'

/** A cookie to set. The feature decides its name and attributes; `kernel/cookie-syntax.ts` writes the header. */
export interface Cookie {
  readonly name: string
  /** An empty value with `maxAgeSeconds: 0` clears the cookie. */
  readonly value: string
  readonly domain?: string
  readonly secure: boolean
  /** Lifetime, sent as Max-Age and as Expires. Absent: the cookie lasts until the browser closes. */
  readonly maxAgeSeconds?: number
}

/** Where cookies are valid. */
export interface CookieScope {
  /** The public origin. */
  readonly baseUrl: URL
  /** Shares the cookie with subdomains of this domain; gives up the `__Host-` prefix. */
  readonly domain?: string | undefined
}

/** Builds the cookies of this service with the right prefix and attributes for the base URL (RFC 6265bis section 4.1.3). */
export interface CookieFactory {
  /** Returns the full name of a cookie: `__Host-latchkey`, `__Host-latchkey-device`, ... */
  name(suffix?: string): string
  /** Builds a cookie. */
  make(value: string, options?: { readonly suffix?: string; readonly maxAgeSeconds?: number }): Cookie
  /**
   * Builds the cookies that make a client delete all its cookies of this name: on our domain first, then on every other
   * domain from the host up to the registrable one, where an earlier setting or a neighbour may have set one.
   */
  clear(suffix?: string): readonly Cookie[]
  /** Returns a cookie of `make`, after cookies that delete those of its name on all other domains. */
  replace(cookie: Cookie): readonly Cookie[]
}

/** Default of the setting `cookie.name`. */
export const COOKIE_NAME = 'latchkey'

/** Creates the factory for a scope and a name that `options/cookie-settings.ts` accepted. */
export function createCookieFactory({ baseUrl, domain }: CookieScope, baseName: string = COOKIE_NAME): CookieFactory {
  const secure = baseUrl.protocol === 'https:'
  const prefix = !secure ? '' : domain === undefined ? '__Host-' : '__Secure-'
  const name = (suffix?: string): string => `${prefix}${baseName}${suffix === undefined ? '' : `-${suffix}`}`
  const shared = { secure, ...(domain === undefined ? {} : { domain }) }
  // A browser rejects the `__Host-` prefix with a domain, so only a shared cookie can be on other domains.
  const elsewhere = domain === undefined ? [] : [{}, ...otherDomains(baseUrl.hostname, domain)]
  const clearOn = (scopes: readonly { readonly domain?: string }[], full: string): Cookie[] =>
    scopes.map((scope) => ({ ...scope, secure, name: full, value: '', maxAgeSeconds: 0 }))
  return {
    name,
    make: (value, { suffix, maxAgeSeconds } = {}) => ({
      ...shared,
      name: name(suffix),
      value,
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    }),
    clear: (suffix) => clearOn([shared, ...elsewhere], name(suffix)),
    // The cookie comes last: some clients do not distinguish a cookie of the host from one of the domain of that name.
    replace: (cookie) => (elsewhere.length === 0 ? [cookie] : [...clearOn(elsewhere, cookie.name), cookie]),
  }
}

/** Returns the domains whose cookies the host receives and may delete, except one domain. */
function otherDomains(host: string, except: string): { readonly domain: string }[] {
  const registrable = getDomain(host, { allowPrivateDomains: true })
  if (registrable === null) return []
  const labels = host
    .slice(0, host.length - registrable.length)
    .split('.')
    .slice(0, -1)
  return [...labels.map((_, index) => `${labels.slice(index).join('.')}.${registrable}`), registrable]
    .filter((domain) => domain !== except)
    .map((domain) => ({ domain }))
}
