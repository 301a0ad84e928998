import { digestToken, type TokenDigest, toTokenHash } from '../../crypto/token.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Authenticated, OAuthPrincipal, VerifiedGrant } from '../../kernel/principal.ts'
import type { UseCollector } from '../../kernel/use-collector.ts'
import type { SessionCache } from '../../sessions/session-cache.ts'
import type { SessionSettings } from '../../sessions/settings.ts'
import type { SessionStore } from '../../sessions/store.ts'
import type { VerificationCounts } from '../../sessions/verify-session.ts'
import { ACCESS_PREFIX, isTokenId } from '../engine/token-ids.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import type { FoundOAuthToken, OAuthGrantUse, OAuthTokenStore } from '../store.ts'

/** Dependencies of `verifyOAuthToken`. */
export interface VerifyOAuthTokenDeps {
  readonly oauthTokens: Pick<OAuthTokenStore, 'find'>
  readonly grantUses: UseCollector<OAuthGrantUse>
  readonly cache: SessionCache
  /** Its changes evict tokens from the cache, as they do sessions. */
  readonly sessions: SessionStore
  readonly sessionSettings: SessionSettings
  readonly verifications: VerificationCounts
  /** The scopes of the service. */
  readonly scopes: readonly string[]
  readonly clock: Clock
}

/** An app's access token that was verified. */
export type AuthenticatedGrant = Authenticated<OAuthPrincipal>

/** Returns true if a Bearer token is the access token of an app. */
export function isOAuthToken(text: string): boolean {
  return text.startsWith(`${ACCESS_PREFIX}_`)
}

/**
 * Returns the principal for an access token of an app, or null if it is malformed, unknown, revoked or expired, or its session
 * has ended. It costs the same as a session, without the engine: warm, one SHA-256 and no query; cold, and once per touch window,
 * one indexed read (two if sessions are in another storage).
 */
export function verifyOAuthToken(
  deps: VerifyOAuthTokenDeps,
  text: string,
): AuthenticatedGrant | null | Promise<AuthenticatedGrant | null> {
  if (!isTokenId('AccessToken', text)) return refuse(deps)
  const digest = digestToken(text)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.getGrant(digest) : undefined
  if (cached !== undefined && deps.clock() < cached.readAgainAt) {
    deps.verifications.warm++
    return toAuthenticated(cached)
  }
  return readToken(deps, digest, mayUseCache)
}

async function readToken(
  deps: VerifyOAuthTokenDeps,
  digest: TokenDigest,
  mayUseCache: boolean,
): Promise<AuthenticatedGrant | null> {
  const { version } = deps.cache
  const found = await deps.oauthTokens.find(toTokenHash(digest), deps.clock())
  const verified = found === null ? null : await toVerified(deps, found)
  if (verified === null) return refuse(deps)
  deps.grantUses.add({ id: verified.principal.grantId, lastUsedAt: deps.clock() })
  if (mayUseCache) deps.cache.putGrant(digest, verified, version)
  deps.verifications.cold++
  return toAuthenticated(verified)
}

async function toVerified(deps: VerifyOAuthTokenDeps, found: FoundOAuthToken): Promise<VerifiedGrant | null> {
  const { token, user, grantScopes, clientName, isSessionLive, sessionEndsAt } = found
  const { clientId, grantId, sessionId } = token
  const now = deps.clock()
  if (token.kind !== 'AccessToken' || token.consumedAt !== null || token.expiresAt <= now) return null
  if (user === null || clientId === null || clientName === null || grantId === null || grantScopes === null) return null
  // A token that is bound to a key, or meant for another API, is not for us.
  if (token.payload.jkt !== undefined || token.payload.aud !== undefined) return null
  if (sessionId !== null && !isSessionLive && !(await deps.sessions.isLive({ id: sessionId, userId: user.id }, now))) {
    return null
  }
  const known = new Set<string>([...deps.scopes, ...IDENTITY_SCOPES])
  const scopes = token.scopes.filter((scope) => known.has(scope) && grantScopes.includes(scope))
  return {
    user,
    principal: { kind: 'oauth_grant', user, client: { id: clientId, name: clientName }, grantId, scopes },
    sessionId,
    readAgainAt: Math.min(token.expiresAt, sessionEndsAt ?? Infinity, now + deps.sessionSettings.touchWindowMs),
  }
}

function toAuthenticated({ principal }: VerifiedGrant): AuthenticatedGrant {
  return { principal, token: null, sealedAt: null }
}

function refuse({ verifications }: VerifyOAuthTokenDeps): null {
  verifications.refused++
  return null
}
