import type { AccessTokenStore } from '../access-tokens/store.ts'
import type { UserStore } from '../accounts/store.ts'
import type { AuditStore } from '../audit/store.ts'
import type { TokenHash } from '../crypto/token.ts'
import type { PasskeyStore } from '../factors/passkeys/store.ts'
import type { FactorRemovalStore } from '../factors/recovery/store.ts'
import type { RecoveryCodeStore } from '../factors/recovery-codes/store.ts'
import type { RememberedDeviceStore } from '../factors/remembered-devices/store.ts'
import type { EnrolmentStore } from '../factors/store.ts'
import type { TotpStore } from '../factors/totp/store.ts'
import type { Effects } from '../kernel/effects.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { LoginAttemptStore } from '../login/store.ts'
import type { MailStore } from '../mail/store.ts'
import type { OAuthLoginStore } from '../oauth/backchannel/store.ts'
import type { OAuthClientStore, OAuthGrantStore, OAuthTokenStore } from '../oauth/store.ts'
import type { OneTimeTokenStore } from '../one-time-tokens/store.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { IdentityStore } from '../providers/store.ts'
import type { Change, SessionStart, SessionStore } from '../sessions/store.ts'
import type { SigningKeyStore } from '../signing-keys/store.ts'
import type { CounterStore } from '../throttle/store.ts'

/** An open storage: the stores of every feature. */
export interface Stores {
  readonly users: UserStore
  readonly passwords: PasswordStore
  readonly sessions: SessionStore
  readonly audit: AuditStore
  readonly oneTimeTokens: OneTimeTokenStore
  readonly accessTokens: AccessTokenStore
  readonly mails: MailStore
  readonly loginAttempts: LoginAttemptStore
  readonly identities: IdentityStore
  /** Which factors a user set up. */
  readonly enrolments: EnrolmentStore
  readonly totp: TotpStore
  readonly recoveryCodes: RecoveryCodeStore
  readonly rememberedDevices: RememberedDeviceStore
  readonly passkeys: PasskeyStore
  readonly factorRemovals: FactorRemovalStore
  readonly oauthClients: OAuthClientStore
  readonly oauthGrants: OAuthGrantStore
  readonly oauthTokens: OAuthTokenStore
  readonly oauthLogins: OAuthLoginStore
  readonly signingKeys: SigningKeyStore
  /** Counters are stored where the sessions are. */
  readonly counters: CounterStore
  /** Resolves if everything that holds data accepts writes; otherwise throws `unavailable` with the reason. */
  ping(): Promise<void>
  /** Returns one line for each damaged part; empty if nothing is damaged. */
  checkIntegrity(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Receives the text of each statement or command that ran, never its values, and its duration in milliseconds. */
export type OnStatement = (statement: string, durationMs: number) => void

/** Receives the sessions and users whose cached copies in this process are out of date. Must not throw. */
export type OnChanges = (changes: readonly Change[]) => void

/** Options for opening a storage. */
export interface OpenOptions {
  /** A separate storage for sessions. Default: sessions are in this storage. */
  readonly sessions?: SessionStorage | undefined
  /** Receives statements, in addition to the listener that the storage was created with. */
  readonly onStatement?: OnStatement | undefined
  /** Receives effects after they were stored. */
  readonly onEffects?: ((effects: Effects) => void) | undefined
  /**
   * Called once for each commit of this process that ends or changes sessions or users, before the store method
   * settles; later reads are up to date. The list may contain more than has changed: a session that did not exist, or
   * the subject of a failed transaction, because its commit may have succeeded. The changes of other processes come
   * from `SessionStore.changesElsewhere`.
   */
  readonly onChanges?: OnChanges | undefined
  /** Receives errors of background work, for example orders for Redis that could not be carried out yet. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** A migration that the database does not have yet. */
export interface PendingMigration {
  readonly number: number
  readonly name: string
  readonly statements: readonly string[]
  /** The locks that each statement takes; empty if every write locks the whole database (SQLite). */
  readonly locks: readonly string[]
  /**
   * In a plan: one sentence on rows that the migration changes besides its statements. After the migration: one
   * sentence on each row that needs a decision of the operator.
   */
  readonly notes: readonly string[]
}

/** Where Latchkey keeps its data. Created by `sqlite(...)` or `postgres(...)`; connects only when `open` is called. */
export interface Storage {
  /** The file for a development secret, next to the database. Null if it has no directory, for example in memory. */
  readonly secretsFile: string | null
  /**
   * Opens the database and updates its schema, unless configured otherwise. Refuses a schema that it does not know.
   * @throws Error that explains the problem with the schema and how to solve it.
   */
  open(options?: OpenOptions): Promise<Stores>
  /** Returns the migrations that `open` or `migrate` would run. */
  planMigrations(): Promise<readonly PendingMigration[]>
  /** Updates the schema; returns the migrations that ran. */
  migrate(): Promise<readonly PendingMigration[]>
  /** Copies the database, which may be in use, to a new file. Null if the database has tools of its own for that. */
  readonly backUp: ((file: string) => Promise<void>) | null
}

/** A separate storage for sessions. Created by `redis(...)`; connects only when `open` is called. */
export interface SessionStorage {
  /** Connects to the session storage and carries out the remaining orders. */
  open(host: SessionHost): Promise<OpenSessionStorage>
}

/** The database that a session storage works with: it holds the users and the orders. */
export interface SessionHost {
  readonly stores: Stores
  readonly orders: SessionOrders
  readonly onStatement: OnStatement | undefined
  /** Receives the changes of this process after they took effect in the session storage. */
  readonly onChanges: OnChanges
  readonly onError: (error: unknown) => void
}

/** An open session storage. */
export interface OpenSessionStorage {
  /** The stores of the database, with the session stores of this storage. */
  readonly stores: Stores
  /**
   * Carries out the orders for the sessions of a user. The transaction that wrote them waits for this after its commit.
   */
  carryOut(userId: UserId): Promise<void>
}

/** A change to carry out on the sessions of a user. */
export type SessionOrder = { readonly id: string; readonly userId: UserId } & (
  | { readonly kind: 'end'; readonly except: TokenHash | null; readonly throughEpoch: number }
  | { readonly kind: 'refresh' }
)

/** The copy of a user that a session storage keeps. */
export interface UserCopy {
  readonly user: User
  /** Increases with every change of the user. */
  readonly revision: number
  readonly securityEpoch: number
}

/** Orders for sessions in a session storage, kept in the database. */
export interface SessionOrders {
  /** Returns orders that have not been carried out yet, of one user or of all, oldest first. */
  list(userId: UserId | null, limit: number): Promise<readonly SessionOrder[]>
  /** Deletes orders that were carried out. */
  strike(orders: readonly SessionOrder[]): Promise<void>
  /**
   * Records the start of a session that is already stored: uses up the attempt that it completes, and writes the
   * effects. Returns false and changes nothing if the attempt has changed since it was read or has expired; then the
   * caller must delete the session.
   */
  recordStart(start: SessionStart, effects: Effects): Promise<boolean>
  /** Returns the current user, or null if the user is deleted or disabled. */
  findUser(userId: UserId): Promise<UserCopy | null>
}

/** Returns one listener that calls both. */
export function callBoth(first?: OnStatement, second?: OnStatement): OnStatement | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return (statement, durationMs) => {
    first(statement, durationMs)
    second(statement, durationMs)
  }
}
