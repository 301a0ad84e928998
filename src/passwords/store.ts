import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { SessionRotation } from '../sessions/store.ts'

/** A user with what their password is checked against. */
export interface PasswordCredential {
  readonly user: User
  /** Null: the user has no password. */
  readonly hash: PasswordHash | null
  readonly disabled: boolean
  /** For whom the password does not work until it is reset; null: it works. */
  readonly disabledFor: DisabledFor | null
  /** Moves on whenever all sessions of the user end; see `SessionStart.securityEpoch`. */
  readonly securityEpoch: number
}

/** Browsers that never logged in before, after too many failures; or everyone, because an administrator says so. */
export type DisabledFor = 'strangers' | 'everyone'

/** A change of password, with the session that stays. */
export interface PasswordChange {
  /** Only while this is still the hash is it replaced. */
  readonly oldHash: PasswordHash
  readonly newHash: PasswordHash
  /** The user's security epoch when the password was proven; if it has moved on, nothing is changed. */
  readonly securityEpoch: number
  /** The session that asked: it gets a new token, all others of its user end. */
  readonly keep: SessionRotation
}

/** A new password that a one-time token allows. */
export interface PasswordReset {
  /** Used up by it. */
  readonly token: OneTimeToken
  readonly userId: UserId
  readonly newHash: PasswordHash
  /** Milliseconds since 1970 UTC. */
  readonly changedAt: number
}

/** A password for a user who has none. */
export interface FirstPassword {
  readonly userId: UserId
  readonly hash: PasswordHash
  /** Milliseconds since 1970 UTC. */
  readonly setAt: number
}

/** What passwords ask of storage. Each method is one transaction. */
export interface PasswordStore {
  findByEmail(email: EmailAddress): Promise<PasswordCredential | null>
  findByUserId(id: UserId): Promise<PasswordCredential | null>
  /** False, and nothing done, when the user has a password, or is gone or disabled. */
  addFirst(password: FirstPassword, effectsOf: EffectsOf): Promise<boolean>
  /** Replaces the hash of an unchanged password; does nothing when the hash is another by now. */
  rehash(id: UserId, oldHash: PasswordHash, newHash: PasswordHash): Promise<void>
  /**
   * Replaces whatever password there was, ends all sessions and all other tokens but the ways back from a change of
   * address, and lets the password work again. The token came by mail, so the address is verified if it is still the user's. False, and nothing done, when the token
   * was used, or its user is gone or disabled.
   */
  reset(reset: PasswordReset, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Ends all other sessions, and the tokens that change the address, but not those that reset the password. False, and
   * nothing done, when the password was changed or the session ended meanwhile.
   */
  change(change: PasswordChange, effectsOf: EffectsOf): Promise<boolean>
  /** Disables the password, or with null lets it work again. False when there is none, or it is so already. */
  setDisabled(userId: UserId, disabledFor: DisabledFor | null, effectsOf: EffectsOf): Promise<boolean>
  /** Disables the password for everyone and ends all sessions. False when there is no password. */
  forceReset(userId: UserId, effectsOf: EffectsOf): Promise<boolean>
}
