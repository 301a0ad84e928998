import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EffectsOf } from '../kernel/effects.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { OneTimeToken } from '../one-time-tokens/store.ts'
import type { SessionRotation } from '../sessions/store.ts'

/** A user with the stored credential of their password. */
export interface PasswordCredential {
  readonly user: User
  /** Null if the user has no password. */
  readonly hash: PasswordHash | null
  readonly disabled: boolean
  /** The devices for which the password is disabled until it is reset; null if it is enabled. */
  readonly disabledFor: DisabledFor | null
  /** Increases whenever all sessions of the user are revoked; see `SessionStart.securityEpoch`. */
  readonly securityEpoch: number
}

/**
 * `strangers`: browsers that never logged in before, after too many failed attempts. `everyone`: all devices, because
 * an administrator forced a reset.
 */
export type DisabledFor = 'strangers' | 'everyone'

/** A change of password, and the session that stays. */
export interface PasswordChange {
  /** The hash is replaced only if it is still this one. Null: the password is stored only if the user still has none. */
  readonly oldHash: PasswordHash | null
  readonly newHash: PasswordHash
  /** The user's security epoch when the password was proven. If it has increased since, nothing is changed. */
  readonly securityEpoch: number
  /** The session that made the request. It gets a new token; all other sessions of the user are revoked. */
  readonly keep: SessionRotation
  /** True: what the user allowed apps to do ends as well. */
  readonly endsGrants?: boolean
}

/** A new password, authorized by a one-time token. */
export interface PasswordReset {
  /** The token that the reset uses up. */
  readonly token: OneTimeToken
  readonly userId: UserId
  readonly newHash: PasswordHash
  /** Milliseconds since 1970 UTC. */
  readonly changedAt: number
}

/** A first password for a user without one. */
export interface FirstPassword {
  readonly userId: UserId
  readonly hash: PasswordHash
  /** Milliseconds since 1970 UTC. */
  readonly setAt: number
}

/** Storage of passwords. Each method is one transaction. */
export interface PasswordStore {
  findByEmail(email: EmailAddress): Promise<PasswordCredential | null>
  findByUserId(id: UserId): Promise<PasswordCredential | null>
  /** Returns when the password was set, in milliseconds since 1970 UTC; null if the user has no password. */
  findChangedAt(id: UserId): Promise<number | null>
  /**
   * Stores a first password. Returns false and changes nothing if the user has a password, is deleted or is disabled.
   */
  addFirst(password: FirstPassword, effectsOf: EffectsOf): Promise<boolean>
  /** Replaces the hash of an unchanged password. Does nothing if the stored hash is a different one by now. */
  rehash(id: UserId, oldHash: PasswordHash, newHash: PasswordHash): Promise<void>
  /**
   * Replaces the password, or sets a first one, and enables it. Revokes all sessions and all other tokens, except those
   * that undo a change of email address. The token came by email, so the address is verified if it is still the user's
   * address. Returns false and changes nothing if the token was used, or if its user is deleted or disabled.
   */
  reset(reset: PasswordReset, effectsOf: EffectsOf): Promise<boolean>
  /**
   * Changes the password. Revokes all other sessions and the tokens that change the email address, but not those that
   * reset the password. Returns false and changes nothing if the password was changed or the session was revoked in the
   * meantime.
   */
  change(change: PasswordChange, effectsOf: EffectsOf): Promise<boolean>
  /** Disables the password, or enables it with null. Returns false if the user has no password or nothing changes. */
  setDisabled(userId: UserId, disabledFor: DisabledFor | null, effectsOf: EffectsOf): Promise<boolean>
  /** Disables the password on all devices and revokes all sessions. Returns false if the user has no password. */
  forceReset(userId: UserId, effectsOf: EffectsOf): Promise<boolean>
}
