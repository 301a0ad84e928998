import type { Quota } from '../kernel/quota.ts'

/**
 * Adds the headers with the remaining budget: `RateLimit-Policy: "login";q=100;w=900`, `RateLimit: "login";r=87;t=512`
 * (draft-ietf-httpapi-ratelimit-headers, structured fields of RFC 9651).
 */
export function addQuotaHeaders(headers: Headers, quota: Quota): void {
  const { name, tries, windowSeconds, remaining, resetSeconds } = quota
  headers.set('RateLimit-Policy', `"${name}";q=${tries};w=${windowSeconds}`)
  headers.set('RateLimit', `"${name}";r=${remaining};t=${resetSeconds}`)
}
