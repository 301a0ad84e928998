import type { VerifyAccessTokenDeps } from '../access-tokens/verify-access-token.ts'
import { verifyAccessToken } from '../access-tokens/verify-access-token.ts'
import { isCompactJwe } from '../crypto/compact-jwe.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Authenticated } from '../kernel/principal.ts'
import { type VerifySealedDeps, verifySealedSession } from '../sessions/verify-sealed-session.ts'
import { verifySession } from '../sessions/verify-session.ts'
import type { Credentials } from './credentials.ts'

/** Dependencies of `identify`. */
export type IdentifyDeps = VerifySealedDeps & VerifyAccessTokenDeps

/** A principal with what proved it, or null. It is a promise only if the storage has to be asked. */
export type Identified = Authenticated | null | Promise<Authenticated | null>

/**
 * Finds out who a request is from. Each kind of credential has its own door: an opaque session token, a sealed session
 * cookie, an access token.
 * @returns null if nothing was offered, or if what was offered is malformed, unknown, revoked or expired.
 * @throws Refusal `unavailable` if the storage does not answer.
 */
export function identify(deps: IdentifyDeps, { sessionToken, accessToken }: Credentials, stamp: Stamp): Identified {
  if (sessionToken !== null) {
    return isCompactJwe(sessionToken)
      ? verifySealedSession(deps, sessionToken, stamp)
      : verifySession(deps, sessionToken, stamp)
  }
  return accessToken === null ? null : verifyAccessToken(deps, accessToken)
}
