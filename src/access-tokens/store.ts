import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { Found } from '../kernel/found.ts'
import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import type { Page } from '../kernel/page.ts'
import type { AccessToken, User } from '../kernel/principal.ts'

/** A stored access token. Only the SHA-256 of its secret is stored. */
export interface AccessTokenRecord {
  readonly accessToken: AccessToken
  readonly tokenHash: TokenHash
}

/** A use of an access token that is not written yet. */
export interface AccessTokenUse {
  readonly id: AccessTokenId
  /** Milliseconds since 1970 UTC. */
  readonly lastUsedAt: number
}

/** Conditions to store a token. */
export interface AccessTokenConditions {
  /** The user must have fewer tokens than this. */
  readonly maxPerUser: number
  /** The user must still have this security epoch, or the result is 'user_gone'; null: any epoch. */
  readonly securityEpoch: number | null
}

/** Storage of access tokens. Each method is one transaction, which is committed when the method resolves. */
export interface AccessTokenStore {
  /** Stores a token, unless the user is disabled or deleted, or a condition is not met. */
  create(
    record: AccessTokenRecord,
    conditions: AccessTokenConditions,
    effectsOf: EffectsOf,
  ): Promise<'created' | 'too_many' | 'user_gone'>
  /** Finds a token with one indexed read. Tokens of disabled users are not found. SQLite answers at once. */
  findByTokenHash(tokenHash: TokenHash): Found<{ readonly accessToken: AccessToken; readonly user: User } | null>
  /** Returns a page of the tokens of a user, newest first. */
  listByUser(userId: UserId, page: Page<AccessTokenId>): Promise<AccessToken[]>
  /** Revokes a token of the user, on every node. Returns false if it does not exist. */
  revoke(userId: UserId, id: AccessTokenId, effectsOf: EffectsOf): Promise<boolean>
  /** Revokes all tokens of the user, on every node. The effects get their ids. Returns their number. */
  revokeAll(userId: UserId, effectsOf: EffectsOf<readonly AccessTokenId[]>): Promise<number>
  /** Writes last uses. Deleted tokens stay deleted. */
  writeUses(uses: readonly AccessTokenUse[]): Promise<void>
  /** Deletes expired tokens, at most `limit`. Returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
