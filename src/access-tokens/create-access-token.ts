import { hashToken, newToken, type Token } from '../crypto/token.ts'
import { type Clock, DAY_MS } from '../kernel/clock.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import { newAccessTokenId, type UserId } from '../kernel/ids.ts'
import type { AccessToken } from '../kernel/principal.ts'
import { invalidMember, Refusal } from '../kernel/refusal.ts'
import type { AccessTokenEvent } from './events.ts'
import { ACCESS_TOKEN_REFUSALS } from './refusals.ts'
import type { AccessTokenSettings } from './settings.ts'
import type { AccessTokenStore } from './store.ts'

/** What access tokens work with. */
export interface AccessTokenDeps {
  readonly accessTokens: AccessTokenStore
  readonly accessTokenSettings: AccessTokenSettings
  /** The scopes that there are. */
  readonly scopes: readonly string[]
  readonly clock: Clock
}

/** What a token is to be. */
export interface NewAccessToken {
  /** What people know it by, 1 to 100 characters. */
  readonly name: string
  /** Scopes that the application has, none of them twice. */
  readonly scopes: readonly string[]
  /** Milliseconds since 1970 UTC; null: never, where the settings allow it. Default: the settings' lifetime from now. */
  readonly expiresAt?: number | null | undefined
}

/** A token together with its secret, for the moment in which it is shown. */
export interface IssuedAccessToken {
  readonly token: Token
  readonly accessToken: AccessToken
}

const LAST = 4
/** The last that four digits of a year can write (RFC 3339). */
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Makes an access token of a user. Where a session asks, its security epoch comes along: a token that is under way does not
 * survive what ends all sessions and tokens.
 * @throws validation_failed for unknown scopes and for an expiry that is past or not allowed; too_many_tokens; when the
 *   user is gone or disabled or all sessions ended meanwhile: unauthenticated for a session, not_found for the application.
 */
export async function createAccessToken(
  deps: AccessTokenDeps,
  user: { readonly id: UserId; readonly securityEpoch: number | null },
  wanted: NewAccessToken,
  stamp: Stamp<AccessTokenEvent>,
): Promise<IssuedAccessToken> {
  const { id: userId, securityEpoch } = user
  const now = deps.clock()
  const token = newToken(deps.accessTokenSettings.prefix)
  const accessToken: AccessToken = {
    id: newAccessTokenId(deps.clock),
    userId,
    name: wanted.name,
    scopes: knownScopes(deps, wanted.scopes),
    lastFour: token.slice(-LAST),
    createdAt: now,
    expiresAt: toExpiry(deps, wanted.expiresAt, now),
    lastUsedAt: null,
  }
  const { maxPerUser } = deps.accessTokenSettings
  const created = stamp({ type: 'access_token.created', userId, tokenId: accessToken.id })
  const outcome = await deps.accessTokens.create(
    { accessToken, tokenHash: hashToken(token) },
    { maxPerUser, securityEpoch },
    onlyEvents(created),
  )
  if (outcome === 'user_gone') {
    throw securityEpoch === null
      ? new Refusal('not_found', { detail: 'There is no such user.' })
      : new Refusal('unauthenticated', { reason: 'all sessions ended meanwhile' })
  }
  if (outcome === 'too_many') {
    throw new Refusal(ACCESS_TOKEN_REFUSALS.too_many_tokens, { detail: `A user may have ${maxPerUser} access tokens.` })
  }
  return { token, accessToken }
}

function knownScopes({ scopes: known }: AccessTokenDeps, wanted: readonly string[]): readonly string[] {
  const isFine = wanted.every((scope, index) => known.includes(scope) && wanted.indexOf(scope) === index)
  if (isFine) return wanted
  const there = known.length === 0 ? 'This service has none' : `There are: ${known.join(', ')}`
  throw invalidMember('#/scopes', `Each must be a scope of this service, and stand once. ${there}.`)
}

function toExpiry(
  { accessTokenSettings: { allowNoExpiry, lifetimeMs, maxLifetimeMs } }: AccessTokenDeps,
  wanted: number | null | undefined,
  now: number,
): number | null {
  if (wanted === undefined) return now + lifetimeMs
  if (wanted === null) {
    if (allowNoExpiry) return null
    throw invalidMember('#/expiresAt', 'Must be a time: this service has no tokens for ever.')
  }
  if (!Number.isSafeInteger(wanted) || wanted > LAST_TIME)
    throw invalidMember('#/expiresAt', 'Must be a time before the year 10000.')
  if (wanted <= now) throw invalidMember('#/expiresAt', 'Must be in the future.')
  if (maxLifetimeMs !== null && wanted > now + maxLifetimeMs) {
    throw invalidMember('#/expiresAt', `Must be at most ${Math.floor(maxLifetimeMs / DAY_MS)} days from now.`)
  }
  return wanted
}
