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
  /** Builds the cookie that makes a client delete its cookie of this name. */
  clear(suffix?: string): Cookie
}

/** Creates the factory for a scope that `options/cookie-settings.ts` accepted. */
export function createCookieFactory({ baseUrl, domain }: CookieScope): CookieFactory {
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
