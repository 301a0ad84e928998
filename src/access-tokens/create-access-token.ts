import { hashToken, newToken, type Token } from '../crypto/token.ts'
import { checkAll } from '../kernel/all-problems.ts'
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

/** Dependencies of the access token actions. */
export interface AccessTokenDeps {
  readonly accessTokens: AccessTokenStore
  readonly accessTokenSettings: AccessTokenSettings
  /** The scopes of the service. */
  readonly scopes: readonly string[]
  readonly clock: Clock
}

/** Input to create an access token. */
export interface NewAccessToken {
  /** Name for people, 1 to 100 characters. */
  readonly name: string
  /** Scopes of the service, each at most once. */
  readonly scopes: readonly string[]
  /**
   * Milliseconds since 1970 UTC; null: the token never expires, if the settings allow that. Default: now plus the lifetime in
   * the settings.
   */
  readonly expiresAt?: number | null | undefined
}

/** A new access token with its secret, to show it once. */
export interface IssuedAccessToken {
  readonly token: Token
  readonly accessToken: AccessToken
}

const LAST = 4
/** The last time with a year of four digits (RFC 3339). */
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Creates an access token for a user.
 * @param user the user, with the security epoch of the session that creates the token: the token is not stored if all sessions
 *   and access tokens of the user are revoked in the meantime. The epoch is null if the application creates the token.
 * @throws Refusal `validation_failed` for unknown scopes and for an expiry that has passed or is not allowed;
 *   `too_many_tokens`; if the user is deleted or disabled, or the security epoch has changed: `unauthenticated` for a
 *   session, `not_found` for the application.
 */
export async function createAccessToken(
  deps: AccessTokenDeps,
  user: { readonly id: UserId; readonly securityEpoch: number | null },
  wanted: NewAccessToken,
  stamp: Stamp<AccessTokenEvent>,
): Promise<IssuedAccessToken> {
  const { id: userId, securityEpoch } = user
  const now = deps.clock()
  const [scopes, expiresAt] = await checkAll<[readonly string[], number | null]>(
    () => knownScopes(deps, wanted.scopes),
    () => toExpiry(deps, wanted.expiresAt, now),
  )
  const token = newToken(deps.accessTokenSettings.prefix)
  const accessToken: AccessToken = {
    id: newAccessTokenId(deps.clock),
    userId,
    name: wanted.name,
    scopes,
    lastFour: token.slice(-LAST),
    createdAt: now,
    expiresAt,
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
      ? new Refusal('not_found', { detail: 'This user does not exist or is disabled.' })
      : new Refusal('unauthenticated', { reason: 'all sessions of the user were revoked in the meantime' })
  }
  if (outcome === 'too_many') {
    throw new Refusal(ACCESS_TOKEN_REFUSALS.too_many_tokens, { detail: `A user may have ${maxPerUser} access tokens.` })
  }
  return { token, accessToken }
}

/** Checks the members of a body that the schema refused. Throws `validation_failed` with all problems. */
export async function checkRefusedToken(
  deps: AccessTokenDeps,
  { scopes, expiresAt }: Readonly<Record<string, unknown>>,
): Promise<void> {
  const isText = (value: unknown): value is string => typeof value === 'string'
  const expiry = isText(expiresAt) ? Date.parse(expiresAt) : null
  await checkAll(
    () => Array.isArray(scopes) && scopes.every(isText) && knownScopes(deps, scopes),
    () => (expiry !== null || expiresAt === null) && toExpiry(deps, expiry, deps.clock()),
  )
}

function knownScopes({ scopes: known }: AccessTokenDeps, wanted: readonly string[]): readonly string[] {
  const isFine = wanted.every((scope, index) => known.includes(scope) && wanted.indexOf(scope) === index)
  if (isFine) return wanted
  const available = known.length === 0 ? 'This service has no scopes' : `The scopes are: ${known.join(', ')}`
  throw invalidMember('#/scopes', `Must be scopes of this service, each at most once. ${available}.`)
}

function toExpiry(
  { accessTokenSettings: { allowNoExpiry, lifetimeMs, maxLifetimeMs } }: AccessTokenDeps,
  wanted: number | null | undefined,
  now: number,
): number | null {
  if (wanted === undefined) return now + lifetimeMs
  if (wanted === null) {
    if (allowNoExpiry) return null
    throw invalidMember('#/expiresAt', 'Must be a time: in this service every access token must expire.')
  }
  if (!Number.isSafeInteger(wanted) || wanted > LAST_TIME)
    throw invalidMember('#/expiresAt', 'Must be a time before the year 10000.')
  if (wanted <= now) throw invalidMember('#/expiresAt', 'Must be in the future.')
  if (maxLifetimeMs !== null && wanted > now + maxLifetimeMs) {
    throw invalidMember('#/expiresAt', `Must be at most ${Math.floor(maxLifetimeMs / DAY_MS)} days from now.`)
  }
  return wanted
}
