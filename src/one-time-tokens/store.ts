import type { TokenHash } from '../crypto/token.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'

/** Purpose of a token in an email. A token is not valid for any other purpose. */
export type TokenPurpose =
  | 'password_reset'
  | 'email_verify'
  | 'email_change'
  /** Undoes a change of email address, also a confirmed one. */
  | 'email_undo'
  /** Stops a change of email address that is not confirmed yet. */
  | 'email_stop'
  | 'invitation'

/** A stored one-time token, with only the hash of its secret (ASVS 6.5.2). Times are milliseconds since 1970 UTC. */
export interface OneTimeToken {
  readonly tokenHash: TokenHash
  readonly purpose: TokenPurpose
  /** Id of the user; null for a token without a user, such as an invitation. */
  readonly userId: UserId | null
  /** Email address that the token was sent to, or that the account will have. */
  readonly email: EmailAddress | null
  /** The session that requested the token; null: none. A change of email address needs it alive when the token is used. */
  readonly sessionId: SessionId | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** A user, and the user's security epoch at the time of the request; see `SessionStore.findSecurityEpoch`. */
export interface EpochOfUser {
  readonly id: UserId
  readonly securityEpoch: number
}

/** A page of invitations. */
export interface InvitationPage {
  /** Only invitations with a greater hash; null starts with the first. */
  readonly after: TokenHash | null
  readonly limit: number
}

/** Storage of one-time tokens. The transaction that a token allows also uses it up. */
export interface OneTimeTokenStore {
  /** Stores tokens, with their events and emails. */
  issue(tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<void>
  /**
   * Stores tokens, with their events and emails. Stores nothing and returns false if the user is disabled or deleted, or if
   * the user's security epoch has changed.
   */
  issueInEpoch(user: EpochOfUser, tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<boolean>
  /**
   * Uses up one token and stores others in its place, with their events and emails. Stores nothing and returns false if the
   * first token was already used.
   */
  exchange(used: OneTimeToken, tokens: readonly OneTimeToken[], effectsOf: EffectsOf): Promise<boolean>
  /** Finds a token. Returns null if it does not exist, has a purpose that is not listed, or has expired at `now`. */
  find(tokenHash: TokenHash, purposes: readonly TokenPurpose[], now: number): Promise<OneTimeToken | null>
  /** Returns invitations that have not expired at `now`, in the order of their hashes. */
  listInvitations(page: InvitationPage, now: number): Promise<OneTimeToken[]>
  /** Deletes the pending changes of email address that sessions of this user requested. Returns their number. */
  endEmailChanges(userId: UserId): Promise<number>
  /** Reserves a token until `claimedUntil`. Returns false if it does not exist, or if it is already reserved at `now`. */
  claim(tokenHash: TokenHash, now: number, claimedUntil: number): Promise<boolean>
  /** Ends a reservation, if the token still has this reservation. */
  release(tokenHash: TokenHash, claimedUntil: number): Promise<void>
  /** Deletes the tokens of one purpose of a user. Returns false if there were none. */
  cancel(userId: UserId, purpose: TokenPurpose, effectsOf: EffectsOf): Promise<boolean>
  /** Deletes expired tokens, at most `limit`. Returns their number. */
  sweep(now: number, limit: number): Promise<number>
}
