import type { AccessTokenStore } from '../access-tokens/store.ts'
import type { UserStore } from '../accounts/store.ts'
import type { AuditStore } from '../audit/store.ts'
import type { TokenHash } from '../crypto/token.ts'
import type { Effects } from '../kernel/effects.ts'
import type { UserId } from '../kernel/ids.ts'
import type { User } from '../kernel/principal.ts'
import type { LoginAttemptStore } from '../login/store.ts'
import type { MailStore } from '../mail/store.ts'
import type { OneTimeTokenStore } from '../one-time-tokens/store.ts'
import type { PasswordStore } from '../passwords/store.ts'
import type { Change, SessionStart, SessionStore } from '../sessions/store.ts'
import type { CounterStore } from '../throttle/store.ts'

/** A storage that is open: the stores of every feature. */
export interface Stores {
  readonly users: UserStore
  readonly passwords: PasswordStore
  readonly sessions: SessionStore
  readonly audit: AuditStore
  readonly oneTimeTokens: OneTimeTokenStore
  readonly accessTokens: AccessTokenStore
  readonly mails: MailStore
  readonly loginAttempts: LoginAttemptStore
  /** Where the sessions are. */
  readonly counters: CounterStore
  /** Resolves when all that holds data answers; throws the refusal `unavailable` with the reason otherwise. */
  ping(): Promise<void>
  /** What is damaged, one line each; empty when all is well. */
  checkIntegrity(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Told the text of each statement or command that ran, never its values, and how many milliseconds it took. */
export type OnStatement = (statement: string, durationMs: number) => void

/** Receives the sessions and users whose cached copies in this process must go. Must not throw. */
export type OnChanges = (changes: readonly Change[]) => void

/** How a storage is opened. */
export interface OpenOptions {
  /** Where sessions are kept instead. Default: in the same storage. */
  readonly sessions?: SessionStorage | undefined
  /** Told of statements, besides the listener that the storage itself was made with. */
  readonly onStatement?: OnStatement | undefined
  /** Told of what happened, after it was stored. */
  readonly onEffects?: ((effects: Effects) => void) | undefined
  /**
   * Called once for each commit of this process that ends or changes sessions or users, before the store method settles:
   * what is read after that is up to date. It may name more than has changed: a session that was not there, or the
   * subject of a transaction that failed, since it may be committed. The changes of other processes come by
   * `SessionStore.changesElsewhere`.
   */
  readonly onChanges?: OnChanges | undefined
  /** Receives errors of background work, such as orders for Redis that could not be carried out yet. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** A migration that the database does not have yet. */
export interface PendingMigration {
  readonly number: number
  readonly name: string
  readonly statements: readonly string[]
  /** What each statement locks; empty where every write locks everything (SQLite). */
  readonly locks: readonly string[]
}

/** Where Latchkey keeps its data. Made by `sqlite(...)` or `postgres(...)`; opens nothing until it is told to. */
export interface Storage {
  /** Where a development secret is kept: beside the database. Null when there is no such place. */
  readonly secretsFile: string | null
  /**
   * Opens the database, brings its schema up to date unless told otherwise, and refuses a schema it does not know.
   * @throws Error that says what is wrong with the schema and what to do.
   */
  open(options?: OpenOptions): Promise<Stores>
  /** The migrations that `open` or `migrate` would run. */
  planMigrations(): Promise<readonly PendingMigration[]>
  /** Brings the schema up to date; gives what was run. */
  migrate(): Promise<readonly PendingMigration[]>
}

/** Where sessions are kept when not with the users. Made by `redis(...)`; connects when it is told to. */
export interface SessionStorage {
  /** Connects to the storage of the sessions, and carries out the orders that are left. */
  open(host: SessionHost): Promise<OpenSessionStorage>
}

/** The database beside which sessions are kept elsewhere. */
export interface SessionHost {
  readonly stores: Stores
  readonly orders: SessionOrders
  readonly onStatement: OnStatement | undefined
  /** Receives what this process changed, after it changed in the storage of the sessions. */
  readonly onChanges: OnChanges
  readonly onError: (error: unknown) => void
}

/** A storage of sessions that is open. */
export interface OpenSessionStorage {
  /** The stores of the database, with the sessions here. */
  readonly stores: Stores
  /** Carries out the orders for the sessions of a user. The transaction that wrote them waits for it after its commit. */
  carryOut(userId: UserId): Promise<void>
}

/** What is to be done to the sessions of a user. */
export type SessionOrder = { readonly id: string; readonly userId: UserId } & (
  | { readonly kind: 'end'; readonly except: TokenHash | null; readonly throughEpoch: number }
  | { readonly kind: 'refresh' }
)

/** A user as sessions elsewhere keep a copy of them. */
export interface UserCopy {
  readonly user: User
  /** Grows with every change of the user. */
  readonly revision: number
  readonly securityEpoch: number
}

/** Orders for sessions that are kept elsewhere, as the database holds them. */
export interface SessionOrders {
  /** Orders that nobody has carried out yet, those of one user or of all, oldest first. */
  list(userId: UserId | null, limit: number): Promise<readonly SessionOrder[]>
  /** Strikes out what was carried out. */
  strike(orders: readonly SessionOrder[]): Promise<void>
  /**
   * Records the start of a session that is stored already: uses up the attempt that it completes, and writes the effects.
   * False, and nothing done, when the attempt is not as it was read or has expired: then the session must go.
   */
  recordStart(start: SessionStart, effects: Effects): Promise<boolean>
  /** The user as they are now; null when gone or disabled. */
  findUser(userId: UserId): Promise<UserCopy | null>
}

/** One listener that tells both. */
export function callBoth(first?: OnStatement, second?: OnStatement): OnStatement | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return (statement, durationMs) => {
    first(statement, durationMs)
    second(statement, durationMs)
  }
}
