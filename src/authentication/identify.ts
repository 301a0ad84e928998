import type { VerifyAccessTokenDeps } from '../access-tokens/verify-access-token.ts'
import { verifyAccessToken } from '../access-tokens/verify-access-token.ts'
import { isCompactJwe } from '../crypto/compact-jwe.ts'
import type { Stamp } from '../kernel/event.ts'
import { onlyOne } from '../kernel/only-one.ts'
import type { Authenticated, ClientPrincipal } from '../kernel/principal.ts'
import type { Possession } from '../oauth/tokens/check-possession.ts'
import type { RequestTarget } from '../oauth/tokens/dpop-proof.ts'
import { isOAuthToken, type VerifyOAuthTokenDeps, verifyOAuthToken } from '../oauth/tokens/verify-oauth-token.ts'
import { type VerifySealedDeps, verifySealedSession } from '../sessions/verify-sealed-session.ts'
import { verifySession } from '../sessions/verify-session.ts'
import type { Credentials } from './credentials.ts'

/** Dependencies of `identify`. */
export type IdentifyDeps = VerifySealedDeps &
  VerifyAccessTokenDeps & {
    /** Verifies access tokens of apps; null: OAuth is off. */
    readonly grants: VerifyOAuthTokenDeps | null
  }

/** The request whose credentials are verified. */
export interface IdentifyContext {
  readonly stamp: Stamp
  /** URL of the API that the request is for; null: this service. */
  readonly resource: string | null
  /** Returns the request that a proof of possession must be for; null: unknown. */
  readonly target: () => RequestTarget | null
}

/** Result of `identify`. It is a promise only if a read from the storage is needed. */
export type Identified = Authenticated | null | Promise<Authenticated | ClientPrincipal | null>

/**
 * Verifies the credentials of a request: an opaque session token, a sealed session cookie, or an access token. Of several
 * session cookies, the one that is a live session counts; two live ones are ambiguous, and neither counts.
 * @returns the principal with its session token, the app for an access token without a user, or null if the credentials are absent, malformed, unknown, revoked or expired.
 * @throws Refusal `unavailable` if the storage does not answer.
 */
export function identify(
  deps: IdentifyDeps,
  { sessionToken, rivals, accessToken, proof }: Credentials,
  { stamp, resource, target }: IdentifyContext,
): Identified {
  if (sessionToken === null)
    return accessToken === null
      ? null
      : identifyToken(deps, accessToken, { resource, possession: proof === null ? null : { proof, target: target() } })
  if (rivals.length > 0) return identifyOnlyLive(deps, [sessionToken, ...rivals], stamp)
  return identifySession(deps, sessionToken, stamp)
}

interface TokenUse {
  readonly resource: string | null
  /** Null: the token came with the scheme Bearer. */
  readonly possession: Possession | null
}

function identifyToken(deps: IdentifyDeps, text: string, { resource, possession }: TokenUse): Identified {
  // Only tokens of apps are bound to keys.
  if (deps.grants === null || !isOAuthToken(text)) return possession === null ? verifyAccessToken(deps, text) : null
  return verifyOAuthToken(deps.grants, { token: text, possession, resource })
}

function identifySession(
  deps: IdentifyDeps,
  text: string,
  stamp: Stamp,
): Authenticated | null | Promise<Authenticated | null> {
  return isCompactJwe(text) ? verifySealedSession(deps, text, stamp) : verifySession(deps, text, stamp)
}

async function identifyOnlyLive(
  deps: IdentifyDeps,
  texts: readonly string[],
  stamp: Stamp,
): Promise<Authenticated | null> {
  return onlyOne(await Promise.all(texts.map((text) => identifySession(deps, text, stamp))))
}
