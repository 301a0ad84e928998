import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'

/** A user as administrators see them. */
export interface UserRecord extends User {
  /** Milliseconds since 1970 UTC; null: enabled. */
  readonly disabledAt: number | null
}

/** A user about to be stored. */
export interface NewUser {
  readonly user: User
  readonly passwordHash: PasswordHash
  /** The session that a registration starts, stored in the same transaction. */
  readonly firstSession: SessionRecord | null
  /** The token that will verify the address. */
  readonly verification?: OneTimeToken | undefined
  /** The invitation that is used up. */
  readonly invitation?: OneTimeToken | undefined
  /** The session of the same browser that it takes the place of. */
  readonly replaces: SessionRef | null
}

/** A user who comes from another system. */
export interface MovedUser {
  readonly user: UserRecord
  /** Null: the user has no password. */
  readonly passwordHash: PasswordHash | null
}

/** A proof of an address, by a one-time token that was mailed to it and is used up by this. */
export interface EmailProof {
  readonly token: OneTimeToken
  readonly userId: UserId
  readonly email: EmailAddress
}

/** A proof of the address that an account was registered with. */
export interface EmailVerification extends EmailProof {
  /** Takes the place of the password, and ends every session and token from before; null: nothing of it changes. */
  readonly newPassword: { readonly hash: PasswordHash; readonly changedAt: number } | null
}

/** What became of a change of address; nothing is done but when it is `changed`. */
export type EmailChangeOutcome = 'changed' | 'token_used' | 'taken'

/** The way back from a change of address. */
export interface EmailChangeUndo extends EmailProof {
  /** With it, the rightful owner sets a new password. */
  readonly resetToken: OneTimeToken
}

/** All that is stored about a user but their sessions and the audit. */
export interface StoredAccount {
  readonly user: UserRecord
  /** Milliseconds since 1970 UTC; null: there is no password. */
  readonly passwordChangedAt: number | null
  readonly oneTimeTokens: readonly Omit<OneTimeToken, 'tokenHash'>[]
  readonly mailsWaiting: number
}

/** A page of users. */
export interface UserPage {
  /** Users with an id after this one. */
  readonly after: UserId | null
  readonly limit: number
}

/** What accounts ask of storage. Each method is one transaction. */
export interface UserStore {
  /** Stores a user with password, first session and tokens, or nothing. */
  create(newUser: NewUser, effectsOf: EffectsOf): Promise<'created' | 'email_taken' | 'invitation_used'>
  /**
   * Stores the users whose addresses nobody has and nobody has a way back to at `now`, and leaves all others as they are.
   * Gives those that were stored.
   */
  importMany(
    users: readonly MovedUser[],
    now: number,
    effectsOf: EffectsOf<readonly UserId[]>,
  ): Promise<readonly UserId[]>
  /** Which of these addresses belong to users, or are kept at `now` for one who has a way back. */
  findTaken(emails: readonly EmailAddress[], now: number): Promise<readonly EmailAddress[]>
  findById(id: UserId): Promise<UserRecord | null>
  findByEmail(email: EmailAddress): Promise<UserRecord | null>
  /** In the order of their ids, which is that of their creation. */
  list(page: UserPage): Promise<UserRecord[]>
  /** Null when the user is gone. */
  rename(id: UserId, name: string | null, effectsOf: EffectsOf): Promise<User | null>
  /** Disables and ends all sessions. False when there is no enabled user of this id. */
  disable(id: UserId, disabledAt: number, effectsOf: EffectsOf): Promise<boolean>
  /** False when there is no disabled user of this id. */
  enable(id: UserId, effectsOf: EffectsOf): Promise<boolean>
  /** Verifies the address. False, and nothing done, when the token was used or the address is another by now. */
  verifyEmail(verification: EmailVerification, effectsOf: EffectsOf): Promise<boolean>
  /** Gives the account another address, verified. Reset and verification tokens that went to the old one end. */
  changeEmail(proof: EmailProof, effectsOf: EffectsOf): Promise<EmailChangeOutcome>
  /**
   * Gives the account its old address back, ends all sessions and every token made since, and keeps the password from
   * working until it is reset.
   */
  undoEmailChange(undo: EmailChangeUndo, effectsOf: EffectsOf): Promise<EmailChangeOutcome>
  /** Null when the user is gone. */
  describe(id: UserId): Promise<StoredAccount | null>
  /** Deletes the user with all that belongs to them. False when there is none. */
  delete(id: UserId, effectsOf: EffectsOf): Promise<boolean>
}
