import { digestToken, parseToken, type TokenDigest, toTokenHash } from '../crypto/token.ts'
import { type Found, when } from '../kernel/found.ts'
import type { AccessToken, Authenticated, TokenPrincipal } from '../kernel/principal.ts'
import type { UseCollector } from '../kernel/use-collector.ts'
import type { SessionCache } from '../sessions/session-cache.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import type { SessionStore } from '../sessions/store.ts'
import type { VerificationCounts } from '../sessions/verify-session.ts'
import type { AccessTokenDeps } from './create-access-token.ts'
import type { AccessTokenUse } from './store.ts'

/** Dependencies of `verifyAccessToken`. */
export interface VerifyAccessTokenDeps extends AccessTokenDeps {
  readonly cache: SessionCache
  /** Its changes evict access tokens from the cache, as they do sessions. */
  readonly sessions: SessionStore
  readonly sessionSettings: SessionSettings
  readonly tokenUses: UseCollector<AccessTokenUse>
  readonly verifications: VerificationCounts
}

/** Longer texts are refused without hashing: the longest prefix, `_`, and 49 characters. */
const MAX_TOKEN_LENGTH = 66

/** An access token that was verified. */
export type AuthenticatedToken = Authenticated<TokenPrincipal>

/**
 * Returns the principal for an access token, or null if the token is malformed, unknown, revoked or expired. It costs the same
 * as a session: warm, one SHA-256 and no query; cold, and once per touch window, one indexed read.
 */
export function verifyAccessToken(deps: VerifyAccessTokenDeps, text: string): Found<AuthenticatedToken | null> {
  if (text.length > MAX_TOKEN_LENGTH) return refuse(deps)
  const digest = digestToken(text)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.getToken(digest) : undefined
  const now = deps.clock()
  if (cached !== undefined && isAlive(cached.accessToken, now) && !isUseDue(deps, cached.accessToken, now)) {
    deps.verifications.warm++
    return toAuthenticated(cached)
  }
  if (cached === undefined && parseToken(deps.accessTokenSettings.prefix, text) === null) return refuse(deps)
  return readToken(deps, digest, mayUseCache)
}

function readToken(
  deps: VerifyAccessTokenDeps,
  digest: TokenDigest,
  mayUseCache: boolean,
): Found<AuthenticatedToken | null> {
  const { version } = deps.cache
  return when(deps.accessTokens.findByTokenHash(toTokenHash(digest)), (found) => {
    const now = deps.clock()
    if (found === null || !isAlive(found.accessToken, now)) return refuse(deps)
    const { user } = found
    const lastUsedAt = Math.max(
      found.accessToken.lastUsedAt ?? 0,
      deps.tokenUses.latest(found.accessToken.id)?.lastUsedAt ?? 0,
    )
    const read: AccessToken = { ...found.accessToken, lastUsedAt: lastUsedAt === 0 ? null : lastUsedAt }
    const accessToken = isUseDue(deps, read, now) ? { ...read, lastUsedAt: now } : read
    if (accessToken !== read) deps.tokenUses.add({ id: accessToken.id, lastUsedAt: now })
    // Scopes that were removed from the settings are not granted.
    const scopes = accessToken.scopes.filter((scope) => deps.scopes.includes(scope))
    const principal: TokenPrincipal = { kind: 'access_token', user, accessToken, scopes }
    if (mayUseCache) deps.cache.putToken(digest, principal, version)
    deps.verifications.cold++
    return toAuthenticated(principal)
  })
}

function toAuthenticated(principal: TokenPrincipal): AuthenticatedToken {
  return { principal, token: null, sealedAt: null }
}

function refuse({ verifications }: VerifyAccessTokenDeps): null {
  verifications.refused++
  return null
}

function isAlive({ expiresAt }: AccessToken, now: number): boolean {
  return expiresAt === null || now < expiresAt
}

function isUseDue({ sessionSettings }: VerifyAccessTokenDeps, { lastUsedAt }: AccessToken, now: number): boolean {
  return lastUsedAt === null || now - lastUsedAt >= sessionSettings.touchWindowMs
}
