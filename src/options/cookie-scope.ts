import { getPublicSuffix } from 'tldts'
import type { CookieScope } from '../kernel/cookie.ts'
import { isLocalOrigin } from '../kernel/origins.ts'

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
