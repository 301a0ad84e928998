import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type { Change, ChangesElsewhere, Touch } from '../../sessions/store.ts'

/** Flags are 0 and 1 in SQLite. */
type Flag = ColumnType<boolean | number, boolean, boolean>

/** The tables, as Kysely sees them. Times are milliseconds since 1970 UTC; they are written with `at`. */
export interface Database {
  users: UsersTable
  passwords: PasswordsTable
  sessions: SessionsTable
  session_orders: SessionOrdersTable
  changes: ChangesTable
  mails: MailsTable
  one_time_tokens: OneTimeTokensTable
  access_tokens: AccessTokensTable
  login_attempts: LoginAttemptsTable
  audit_events: AuditEventsTable
  audit_seals: AuditSealsTable
  throttle: ThrottleTable
  migrations: MigrationsTable
}

/** People's accounts. */
export interface UsersTable {
  id: string
  email: string
  email_verified: Flag
  name: string | null
  created_at: number
  disabled_at: number | null
  security_epoch: number
  /** Moves on with every change that copies of the user elsewhere must follow. */
  revision: Generated<number>
}

/** Password hashes (PHC strings), one per user. */
export interface PasswordsTable {
  user_id: string
  hash: string
  changed_at: number
  /** Null: it works. Otherwise it must be reset, by everyone or by browsers that never logged in before. */
  disabled_for: Generated<'strangers' | 'everyone' | null>
}

/** Sessions; of the token, the SHA-256 only. */
export interface SessionsTable {
  id: string
  token_hash: string
  user_id: string
  created_at: number
  last_seen_at: number
  expires_at: number
  idle_expires_at: number
  authenticated_at: number
  methods: string
  remembered: Flag
  cookie_sent_at: number
  ip: string | null
  user_agent: string | null
  /** When the sweep looks at the row: never after its limits, but before them when it was used since. Has the index. */
  sweep_at: number
}

/** What is still to be done to sessions that are kept elsewhere. */
export interface SessionOrdersTable {
  id: string
  user_id: string
  kind: 'end' | 'refresh'
  except_token_hash: string | null
  through_epoch: number
}

/** What changed lately: in SQLite also how caches of other processes hear of it. */
export interface ChangesTable {
  seq: Generated<number>
  kind: Change['kind']
  subject_id: string
  user_id: string
  changed_at: number
}

/** Mails that wait to be sent. Whoever takes one moves `next_try_at` on, so that nobody else does. */
export interface MailsTable {
  id: string
  user_id: string | null
  sealed: string
  created_at: number
  next_try_at: number
  tries: Generated<number>
}

/** Tokens for one use each; of the token, the SHA-256 only. */
export interface OneTimeTokensTable {
  token_hash: string
  purpose: string
  user_id: string | null
  /** The address that the token proves. */
  email: string | null
  created_at: number
  expires_at: number
  /** Somebody is using it until then. */
  claimed_until: Generated<number | null>
}

/** Access tokens; of the token, the SHA-256 only. */
export interface AccessTokensTable {
  id: string
  token_hash: string
  user_id: string
  name: string
  /** Separated by spaces. */
  scopes: string
  last_four: string
  created_at: number
  /** Null: never. */
  expires_at: number | null
  last_used_at: number | null
}

/** Logins in progress; of the token, the SHA-256 only. */
export interface LoginAttemptsTable {
  token_hash: string
  /** Null: the account does not exist. */
  user_id: string | null
  security_epoch: number
  /** JSON: a list of rounds, each a list of methods. Its text is compared, so it is written in one way only. */
  open_rounds: string
  /** JSON: a list of methods. Its text is compared as well. */
  proven_methods: string
  remember: Flag
  ip: string | null
  user_agent: string | null
  device_hash: string | null
  tries: number
  created_at: number
  expires_at: number
}

/** What happened. Rows are never changed but to seal them, and to take away what is personal in them. */
export interface AuditEventsTable {
  id: string
  at: number
  type: string
  user_id: string | null
  actor: string | null
  session_id: string | null
  request_id: string | null
  /** JSON object: what else the event says. */
  detail: string
  ip: string | null
  user_agent: string | null
  /** With it, `personal_digest` is the SHA-256 of address and user agent; null when these were taken away. */
  personal_salt: string | null
  personal_digest: string
  /** The sealed batch it belongs to; null while it is in none. */
  batch: number | null
}

/** Batches of the audit, each hashed together with the one before. */
export interface AuditSealsTable {
  batch: number
  sealed_at: number
  last_event_at: number
  event_count: number
  /** Over its rows; stays when they are deleted. */
  rows_hash: string
  previous_hash: string
  hash: string
  /** When its rows were deleted, after the time they are kept. */
  removed_at: number | null
}

/** How often something was tried. */
export interface ThrottleTable {
  key: string
  count: number
  blocked_until: number
  expires_at: number
}

/** The migrations that ran. */
export interface MigrationsTable {
  number: number
  name: string
  checksum: string
  works_with: number
  ran_at: number
}

/** A database as the stores use it, with what each kind does in its own way. */
export interface SqlDatabase {
  /** Writes, and reads within transactions. */
  readonly db: Kysely<Database>
  /** Reads. What the other has committed, it sees. */
  readonly reader: Kysely<Database>
  /**
   * Prepares the query of every verification: one value in, the columns of one row out, in their order, without what the
   * query builder costs.
   */
  prepareRead<Row extends readonly unknown[]>(text: string): (value: string) => Promise<Row | undefined>
  /** Tells other processes, in the transaction that does it, what changed. */
  announce(trx: Transaction<Database>, change: Change): Promise<void>
  changesElsewhere(): ChangesElsewhere
  /** Milliseconds since other processes were last surely heard; 0 when they are asked each time. */
  lagMs(): number
  /**
   * Writes what a power failure may take, though no death of a process: SQLite waits for the disk with every other commit,
   * and nothing else runs meanwhile.
   */
  writeLightly<Result>(work: (db: Kysely<Database>) => Promise<Result>): Promise<Result>
  /** Writes last uses in one statement. */
  writeTouches(touches: readonly Touch[]): Promise<void>
  /** Upkeep of the database's own, with each sweep. */
  sweep(): Promise<void>
  /** What is damaged, one line each. */
  checkIntegrity(): Promise<readonly string[]>
  close(): Promise<void>
}
