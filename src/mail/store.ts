import type { Tell } from '../audit/tell.ts'
import type { TokenHash } from '../crypto/token.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { OutgoingMail } from './outgoing-mail.ts'

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

/** A mail that is this process's to send, until its lease ends. */
export interface LeasedMail extends OutgoingMail {
  /** Attempts before this one. */
  readonly tries: number
}

/** What sending asks of storage. Each method is one transaction. Times are milliseconds since 1970 UTC. */
export interface MailStore {
  /** Takes mails that are due, oldest first; nobody else is given them before `leaseEndsAt`. */
  lease(now: number, leaseEndsAt: number, limit: number): Promise<readonly LeasedMail[]>
  /** Strikes out a mail that was sent. */
  strike(id: string): Promise<void>
  /** Puts a mail off. */
  postpone(id: string, nextTryAt: number): Promise<void>
  /** Strikes out a mail that is given up, and tells so. */
  giveUp(id: string, tell: Tell): Promise<void>
}

/** A user, and the security epoch in which something was asked for; see `SessionStore.findSecurityEpoch`. */
export interface EpochOfUser {
  readonly id: UserId
  readonly securityEpoch: number
}

/** What one-time tokens ask of storage. They are used up by the transactions that they allow. */
export interface OneTimeTokenStore {
  /** Stores tokens together with what is told of them. */
  issue(tokens: readonly OneTimeToken[], tell: Tell): Promise<void>
  /** The same. False, and nothing done, when the user is disabled or gone, or their security epoch is another by now. */
  issueInEpoch(user: EpochOfUser, tokens: readonly OneTimeToken[], tell: Tell): Promise<boolean>
  /** The same in the place of a token that is used up by it. False, and nothing done, when that was used meanwhile. */
  exchange(used: OneTimeToken, tokens: readonly OneTimeToken[], tell: Tell): Promise<boolean>
  /** Null when there is none of this purpose that lives at `now`. */
  find(tokenHash: TokenHash, purpose: TokenPurpose, now: number): Promise<OneTimeToken | null>
  /** Reserves a token. False when it is gone, or reserved beyond `now`. */
  claim(tokenHash: TokenHash, now: number, claimedUntil: number): Promise<boolean>
  /** Gives back a reservation, if it still is this one. */
  release(tokenHash: TokenHash, claimedUntil: number): Promise<void>
  /** Deletes expired tokens, no more than `limit`; says how many. */
  sweep(now: number, limit: number): Promise<number>
}
