import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { MovedIdentity, NewIdentity } from '../kernel/identity.ts'
import type { UserId } from '../kernel/ids.ts'
import type { MovedPasskey, Passkey } from '../kernel/passkey.ts'
import type { User } from '../kernel/principal.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { DisabledFor } from '../passwords/store.ts'
import type { SessionRecord, SessionRef } from '../sessions/store.ts'

/** A user as administrators see them. */
export interface UserRecord extends User {
  /** Milliseconds since 1970 UTC; null if the user is enabled. */
  readonly disabledAt: number | null
}

/** A user about to be stored. */
export interface NewUser {
  readonly user: User
  /** Null if the user has no password. */
  readonly passwordHash: PasswordHash | null
  readonly passkey?: Passkey | undefined
  /** The account at a provider that the user registers with. */
  readonly identity?: NewIdentity | undefined
  /** The session that a registration starts; it is stored in the same transaction. */
  readonly firstSession: SessionRecord | null
  /** The one-time token that verifies the email address. */
  readonly verification?: OneTimeToken | undefined
  /** The invitation that the registration uses up. */
  readonly invitation?: OneTimeToken | undefined
  /** The session of the same browser that `firstSession` replaces. */
  readonly replaces: SessionRef | null
}

/** A user of another system, or of another Latchkey database. Times are milliseconds since 1970 UTC. */
export interface MovedUser {
  readonly user: UserRecord
  /** Null if the user has no password. */
  readonly passwordHash: PasswordHash | null
  /** Default: the creation of the user. */
  readonly passwordChangedAt?: number | null | undefined
  /** Devices for which the password must be reset. Default: none. */
  readonly passwordDisabledFor?: DisabledFor | null | undefined
  /** Default: the user has no authenticator app. */
  readonly totp?: MovedTotp | null | undefined
  /** Default: the user has no recovery codes. */
  readonly recoveryCodes?: { readonly createdAt: number; readonly hashes: readonly string[] } | null | undefined
  /** Passkeys. Those whose credential id another passkey has are left out. Default: none. */
  readonly passkeys?: readonly MovedPasskey[] | undefined
  /** Accounts at providers. Those that another user has are left out. Default: none. */
  readonly identities?: readonly MovedIdentity[] | undefined
}

/** A TOTP secret in force. Times are milliseconds since 1970 UTC. */
export interface MovedTotp {
  /** The secret, sealed with the secrets of the service. */
  readonly sealedSecret: string
  readonly createdAt: number
  readonly confirmedAt: number
  /** The time step of the latest code that was accepted. */
  readonly lastStep: number
  readonly lastUsedAt: number | null
}

/** Proof of an email address by a one-time token that was emailed to it. The proof uses up the token. */
export interface EmailProof {
  readonly token: OneTimeToken
  readonly userId: UserId
  readonly email: EmailAddress
}

/** Proof of the email address that an account was registered with. */
export interface EmailVerification extends EmailProof {
  /**
   * Replaces the password and revokes every older session and token. Null leaves the password, sessions and tokens
   * unchanged.
   */
  readonly newPassword: { readonly hash: PasswordHash; readonly changedAt: number } | null
}

/** A person who proved that they read the email of an account whose address was never verified. */
export interface AccountClaim {
  readonly userId: UserId
  readonly email: EmailAddress
  /** The user's security epoch when the proof was asked for. */
  readonly securityEpoch: number
}

/** Outcome of a change of email address. Unless it is `changed`, nothing was stored. */
export type EmailChangeOutcome = 'changed' | 'token_used' | 'taken'

/** Undoing a change of email address. */
export interface EmailChangeUndo extends EmailProof {
  /** The factors and identities that were set up since then are removed: milliseconds since 1970 UTC. */
  readonly since: number
  /** Lets the owner of the old address set a new password. */
  readonly resetToken: OneTimeToken
}

/** Everything that is stored about a user, except sessions and the audit log. */
export interface StoredAccount {
  readonly user: UserRecord
  /** Milliseconds since 1970 UTC; null if the user has no password. */
  readonly passwordChangedAt: number | null
  readonly oneTimeTokens: readonly Omit<OneTimeToken, 'tokenHash'>[]
  readonly mailsWaiting: number
}

/** A page of users. */
export interface UserPage {
  /** Only users with a greater id; null starts with the first user. */
  readonly after: UserId | null
  readonly limit: number
}

/** Storage of user accounts. Each method is one transaction. */
export interface UserStore {
  /**
   * Stores a user with password or passkey, first session and tokens, or stores nothing. `email_taken`: a user has the address, the
   * id, or the passkey.
   */
  create(newUser: NewUser, effectsOf: EffectsOf): Promise<'created' | 'email_taken' | 'invitation_used'>
  /**
   * Stores the users whose ids and addresses are free: no other user has them, and at `now` no user can still take it
   * back by undoing a change of address. Existing users are not changed. Returns the ids of the stored users.
   */
  importMany(
    users: readonly MovedUser[],
    now: number,
    effectsOf: EffectsOf<readonly UserId[]>,
  ): Promise<readonly UserId[]>
  /** Returns a page of users with everything that another database needs to log them in. */
  listMoved(page: UserPage): Promise<MovedUser[]>
  /** Returns the addresses that belong to a user, or that a user can still take back at `now`. */
  findTaken(emails: readonly EmailAddress[], now: number): Promise<readonly EmailAddress[]>
  findById(id: UserId): Promise<UserRecord | null>
  findByEmail(email: EmailAddress): Promise<UserRecord | null>
  /** Returns users in the order of their ids, which is the order of creation. */
  list(page: UserPage): Promise<UserRecord[]>
  /** Returns null if the user does not exist. */
  rename(id: UserId, name: string | null, effectsOf: EffectsOf): Promise<User | null>
  /** Disables a user and revokes all their sessions. Returns false if no enabled user has this id. */
  disable(id: UserId, disabledAt: number, effectsOf: EffectsOf): Promise<boolean>
  /** Returns false if no disabled user has this id. */
  enable(id: UserId, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Verifies the email address. Returns false and changes nothing if the token was used, or if the user's address
   * changed after the token was sent.
   */
  verifyEmail(verification: EmailVerification, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Gives an account to the reader of its email address: verifies the address, and ends the password, all factors, sessions and tokens.
   * The security epoch increases by one. Returns false and changes nothing if the address is verified or another one by now, or if the
   * user is deleted or disabled, or the epoch has increased.
   */
  claim(claim: AccountClaim, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Changes the email address of the account to a verified one. Revokes password-reset and verification tokens that
   * were sent to the old address.
   */
  changeEmail(proof: EmailProof, effectsOf: EffectsOf): Promise<EmailChangeOutcome>
  /**
   * Restores the old email address, revokes all sessions and every token created since the change, and disables the
   * password until it is reset.
   */
  undoEmailChange(undo: EmailChangeUndo, effectsOf: EffectsOf): Promise<EmailChangeOutcome>
  /**
   * Ends every pending change of the email address and revokes all sessions and access tokens. The address and the
   * password stay.
   */
  stopEmailChange(proof: EmailProof, effectsOf: EffectsOf): Promise<EmailChangeOutcome>
  /** Returns null if the user does not exist. */
  describe(id: UserId): Promise<StoredAccount | null>
  /**
   * Deletes the user with all their data, and erases personal data in the events about the user. Returns false if the user
   * does not exist.
   */
  delete(id: UserId, effectsOf: EffectsOf): Promise<boolean>
  /** Erases personal data of deleted users that an interrupted deletion left. Returns the number of these users. */
  eraseDeleted(): Promise<number>
}
