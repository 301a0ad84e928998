import type { Tell } from '../audit/tell.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
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
  /** The session of the same browser that it takes the place of. */
  readonly replaces: SessionRef | null
}

/** A page of users. */
export interface UserPage {
  /** Users with an id after this one. */
  readonly after: UserId | null
  readonly limit: number
}

/** What accounts ask of storage. Each method is one transaction. */
export interface UserStore {
  /** Stores a user with password and first session, or nothing. False when the email is taken. */
  create(newUser: NewUser, tell: Tell): Promise<boolean>
  findById(id: UserId): Promise<UserRecord | null>
  findByEmail(email: EmailAddress): Promise<UserRecord | null>
  /** In the order of their ids, which is that of their creation. */
  list(page: UserPage): Promise<UserRecord[]>
  /** Null when the user is gone. */
  rename(id: UserId, name: string | null, tell: Tell): Promise<User | null>
  /** Disables and ends all sessions. False when there is no enabled user of this id. */
  disable(id: UserId, disabledAt: number, tell: Tell): Promise<boolean>
  /** False when there is no disabled user of this id. */
  enable(id: UserId, tell: Tell): Promise<boolean>
  /** Deletes the user with all that belongs to them. False when there is none. */
  delete(id: UserId, tell: Tell): Promise<boolean>
}
