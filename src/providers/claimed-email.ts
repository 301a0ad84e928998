import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { ClaimedEmail, Claims } from './provider.ts'

/** Reads a flag. Apple and Google may send `"true"` and `"false"` as strings; every other value is false. */
export function readFlag(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Returns the part of an address after the @. */
export function domainOf(address: EmailAddress): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/**
 * Reads `email` and `email_verified` (OpenID Connect Core section 5.1).
 * @param isAuthoritative decides whether the provider is authoritative for an address that it verified.
 */
export function readEmail(claims: Claims, isAuthoritative: (address: EmailAddress) => boolean): ClaimedEmail {
  return judgeEmail(claims.email, readFlag(claims.email_verified), isAuthoritative)
}

/** Judges an address that is verified or not. */
export function judgeEmail(
  email: unknown,
  isVerified: boolean,
  isAuthoritative: (address: EmailAddress) => boolean,
): ClaimedEmail {
  const address = typeof email === 'string' ? parseEmailAddress(email) : null
  if (address === null) return { address, isVerified: false, isAuthoritative: false }
  return { address, isVerified, isAuthoritative: isVerified && isAuthoritative(address) }
}
