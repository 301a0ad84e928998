import { getDomain } from 'tldts'

/** Pages of an extension with host permissions count as pages of the site that they call. */
const EXTENSION = /^[a-z-]+-extension:$/

/**
 * Returns a warning if trusted origins are on another site than the service: browsers send our cookie (SameSite=Lax) only to
 * the same site, which is the scheme and the registrable domain (RFC 6265bis section 5.2). Returns null if there are none.
 */
export function warnOfOtherSites(baseUrl: string, trustedOrigins: readonly string[]): string | null {
  const own = new URL(baseUrl)
  const others = trustedOrigins.filter((origin) => {
    const url = new URL(origin)
    return !EXTENSION.test(url.protocol) && !isSameSite(own, url)
  })
  if (others.length === 0) return null
  return `The trusted origins ${others.join(', ')} are on another site than ${baseUrl}: browsers do not keep the session of a login from there. Serve these pages from the same site. See docs/spa.md.`
}

function isSameSite(one: URL, other: URL): boolean {
  if (one.protocol !== other.protocol) return false
  const domain = getDomain(one.hostname, { allowPrivateDomains: true })
  const isSameDomain = domain !== null && domain === getDomain(other.hostname, { allowPrivateDomains: true })
  return isSameDomain || one.hostname === other.hostname
}
