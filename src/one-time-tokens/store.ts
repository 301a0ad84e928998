import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'

/** What a token in a mail is for. One of one purpose is worth nothing for another. */
export type TokenPurpose = 'password_reset' | 'email_verify' | 'email_change' | 'email_undo' | 'invitation'

/** A one-time token as it is stored: of the secret, the hash only (ASVS 6.5.2). Times are milliseconds since 1970 UTC. */
export interface OneTimeToken {
  readonly tokenHash: TokenHash
  readonly purpose: TokenPurpose
  /** Null: nobody's, such as an invitation. */
  readonly userId: UserId | null
  /** The address it was mailed to, or will belong to the account. */
  readonly email: EmailAddress | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** A user, and the security epoch in which something was asked for; see `SessionStore.findSecurityEpoch`. */
export interface EpochOfUser {
  readonly id: UserId
  readonly securityEpoch: number
}

/** What one-time tokens ask of storage. They are used up by the transactions that they allow. */
export interface OneTimeTokenStore {
  /** Stores tokens together with what is told of them. */
  issue(tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<void>
  /** The same. False, and nothing done, when the user is disabled or gone, or their security epoch is another by now. */
  issueInEpoch(user: EpochOfUser, tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<boolean>
  /** The same in the place of a token that is used up by it. False, and nothing done, when that was used meanwhile. */
  exchange(used: OneTimeToken, tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<boolean>
  /** Null when there is none of this purpose that lives at `now`. */
  find(tokenHash: TokenHash, purpose: TokenPurpose, now: number): Promise<OneTimeToken | null>
  /** Reserves a token. False when it is gone, or reserved beyond `now`. */
  claim(tokenHash: TokenHash, now: number, claimedUntil: number): Promise<boolean>
  /** Gives back a reservation, if it still is this one. */
  release(tokenHash: TokenHash, claimedUntil: number): Promise<void>
  /** Deletes expired tokens, no more than `limit`; says how many. */
  sweep(now: number, limit: number): Promise<number>
}
