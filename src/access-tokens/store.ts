import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import type { AccessToken, User } from '../kernel/principal.ts'

/** An access token as it is stored: of the secret, the SHA-256 only. */
export interface AccessTokenRecord {
  readonly accessToken: AccessToken
  readonly tokenHash: TokenHash
}

/** A use of an access token, to be written. */
export interface AccessTokenUse {
  readonly id: AccessTokenId
  /** Milliseconds since 1970 UTC. */
  readonly lastUsedAt: number
}

/** On what a token is stored. */
export interface AccessTokenConditions {
  /** The user has fewer. */
  readonly maxPerUser: number
  /** The user's security epoch is still this one, or it is 'user_gone'; null: whatever it is. */
  readonly securityEpoch: number | null
}

/** What access tokens ask of storage. Each method is one transaction; what it resolves to is stored for good. */
export interface AccessTokenStore {
  /** Stores a token, unless the user is disabled or gone, or a condition does not hold. */
  create(
    record: AccessTokenRecord,
    conditions: AccessTokenConditions,
    effectsOf: EffectsOf,
  ): Promise<'created' | 'too_many' | 'user_gone'>
  /** One indexed read. Tokens of disabled users are not found. */
  findByTokenHash(tokenHash: TokenHash): Promise<{ readonly accessToken: AccessToken; readonly user: User } | null>
  /** The tokens of a user, newest first. */
  listByUser(userId: UserId): Promise<AccessToken[]>
  /** Ends a token of the user, on every node. False when there is none. */
  revoke(userId: UserId, id: AccessTokenId, effectsOf: EffectsOf): Promise<boolean>
  /** Writes last uses. Tokens that are gone stay gone. */
  writeUses(uses: readonly AccessTokenUse[]): Promise<void>
  /** Deletes tokens that have expired, at most so many; says how many. */
  sweep(now: number, limit: number): Promise<number>
}
