import type { Tell } from '../audit/tell.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { SessionRotation } from '../sessions/store.ts'

/** A user with what their password is checked against. */
export interface PasswordCredential {
  readonly user: User
  /** Null: the user has no password. */
  readonly hash: PasswordHash | null
  readonly disabled: boolean
  /** Moves on whenever all sessions of the user end; see `SessionStart.securityEpoch`. */
  readonly securityEpoch: number
}

/** A change of password, with the session that stays. */
export interface PasswordChange {
  /** Only while this is still the hash is it replaced. */
  readonly oldHash: PasswordHash
  readonly newHash: PasswordHash
  /** The session that asked: it gets a new token, all others of its user end. */
  readonly keep: SessionRotation
}

/** For whom a password has to be reset before it works again: browsers that never logged in before, or everyone. */
export type DisabledFor = 'strangers' | 'everyone'

/** What passwords ask of storage. Each method is one transaction. */
export interface PasswordStore {
  findByEmail(email: EmailAddress): Promise<PasswordCredential | null>
  findByUserId(id: UserId): Promise<PasswordCredential | null>
  /** Replaces the hash of an unchanged password; does nothing when the hash is another by now. */
  rehash(id: UserId, oldHash: PasswordHash, newHash: PasswordHash): Promise<void>
  /** False, and nothing done, when the password was changed or the session ended meanwhile. */
  change(change: PasswordChange, tell: Tell): Promise<boolean>
  /** Disables the password, or with null lets it work again. False when there is none, or it is so already. */
  setDisabled(userId: UserId, disabledFor: DisabledFor | null, tell: Tell): Promise<boolean>
  /** Disables the password for everyone and ends all sessions. False when there is no password. */
  forceReset(userId: UserId, tell: Tell): Promise<boolean>
}
