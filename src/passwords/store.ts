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
  /** The session that asked: it gets a new token, all others of its user end. */
  readonly keep: SessionRotation
}

/** What passwords ask of storage. Each method is one transaction. */
export interface PasswordStore {
  findByEmail(email: EmailAddress): Promise<PasswordCredential | null>
  findByUserId(id: UserId): Promise<PasswordCredential | null>
  /** Replaces the hash of an unchanged password; does nothing when the hash is another by now. */
  rehash(id: UserId, oldHash: PasswordHash, newHash: PasswordHash): Promise<void>
  /** False, and nothing done, when the password was changed or the session ended meanwhile. */
  change(change: PasswordChange, tell: Tell): Promise<boolean>
  /** Has the password stop working until it is another. False when it does not work for these already, or there is none. */
  disable(userId: UserId, disabledFor: DisabledFor, tell: Tell): Promise<boolean>
}
