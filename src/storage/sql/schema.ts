import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type { Found } from '../../kernel/found.ts'
import type { Change, ChangesElsewhere, Touch } from '../../sessions/store.ts'

/** A flag, which is 0 or 1 in SQLite. */
type Flag = ColumnType<boolean | number, boolean, boolean>

/** The tables, as types for Kysely. Times are milliseconds since 1970 UTC; write them with `at`. */
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
  identities: IdentitiesTable
  spent_proofs: SpentProofsTable
  totp: TotpTable
  recovery_codes: RecoveryCodesTable
  remembered_devices: RememberedDevicesTable
  passkeys: PasskeysTable
  passkey_challenges: PasskeyChallengesTable
  factor_removals: FactorRemovalsTable
  oauth_clients: OAuthClientsTable
  oauth_grants: OAuthGrantsTable
  oauth_tokens: OAuthTokensTable
  signing_keys: SigningKeysTable
  oauth_logins: OAuthLoginsTable
  audit_events: AuditEventsTable
  audit_seals: AuditSealsTable
  erasures: ErasuresTable
  throttle: ThrottleTable
  migrations: MigrationsTable
}

/** Accounts. */
export interface UsersTable {
  id: string
  email: string
  email_verified: Flag
  name: string | null
  created_at: number
  disabled_at: number | null
  security_epoch: number
  /** Increases with every change that copies of the user elsewhere must follow. */
  revision: Generated<number>
}

/** Password hashes (PHC strings), one per user. */
export interface PasswordsTable {
  user_id: string
  hash: string
  changed_at: number
  /** Null: the password works. Otherwise it must be reset, by everyone or by browsers that never logged in before. */
  disabled_for: Generated<'strangers' | 'everyone' | null>
}

/** Sessions; of the token, only the SHA-256. */
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
  /**
   * When the sweep checks the row: never after its limits, but earlier if it was used in the meantime. This column has
   * an index.
   */
  sweep_at: number
}

/** Orders for sessions in a separate session storage. */
export interface SessionOrdersTable {
  id: string
  user_id: string
  kind: 'end' | 'refresh'
  except_token_hash: string | null
  through_epoch: number
}

/** Recent changes. In SQLite, the caches of other processes read them. */
export interface ChangesTable {
  seq: Generated<number>
  kind: Change['kind']
  subject_id: string
  user_id: string
  changed_at: number
}

/**
 * Emails that wait to be sent. A process that takes an email moves `next_try_at` forward, so that no other takes it.
 */
export interface MailsTable {
  id: string
  user_id: string | null
  sealed: string
  created_at: number
  next_try_at: number
  tries: Generated<number>
}

/** One-time tokens; of the token, only the SHA-256. */
export interface OneTimeTokensTable {
  token_hash: string
  purpose: string
  user_id: string | null
  /** The email address that the token proves. */
  email: string | null
  /** The session that requested the token. */
  session_id: Generated<string | null>
  created_at: number
  expires_at: number
  /** A request is using the token until then. */
  claimed_until: Generated<number | null>
}

/** Access tokens; of the token, only the SHA-256. */
export interface AccessTokensTable {
  id: string
  token_hash: string
  user_id: string
  name: string
  /** Separated by spaces. */
  scopes: string
  last_four: string
  created_at: number
  /** Null: the token never expires. */
  expires_at: number | null
  last_used_at: number | null
}

/** Accounts at providers that are linked to users. */
export interface IdentitiesTable {
  id: string
  user_id: string
  /** The id of the provider in the settings. */
  provider: string
  issuer: string
  subject: string
  /** The address that the provider reported. */
  email: string | null
  email_verified: Flag
  created_at: number
  last_used_at: number | null
}

/** Proofs of providers that were used, so that none is used twice; of the proof, only a hash. */
export interface SpentProofsTable {
  hash: string
  expires_at: number
}

/** TOTP secrets, one per user. */
export interface TotpTable {
  user_id: string
  sealed_secret: string
  created_at: number
  /** Null: not in force yet. */
  confirmed_at: number | null
  last_step: number
  last_used_at: number | null
}

/** Recovery codes that were not used yet; of the code, only a keyed hash. */
export interface RecoveryCodesTable {
  user_id: string
  code_hash: string
  created_at: number
}

/** Browsers that are not asked for a second factor; of their token, only the SHA-256. */
export interface RememberedDevicesTable {
  id: string
  token_hash: string
  user_id: string
  security_epoch: number
  user_agent: string | null
  created_at: number
  last_used_at: number | null
  expires_at: number
}

/** Removals of factors that wait. */
export interface FactorRemovalsTable {
  user_id: string
  /** `all`: the user asked for it at a login. */
  method: string
  /** Null: an administrator asked. */
  security_epoch: number | null
  requested_at: number
  available_at: number
  expires_at: number | null
}

/** Passkeys: public keys in COSE, base64url. */
export interface PasskeysTable {
  id: string
  user_id: string
  credential_id: string
  public_key: string
  counter: number
  /** JSON: a list of transports. */
  transports: string
  name: string
  syncs: Flag
  backed_up: Flag
  aaguid: string
  created_at: number
  last_used_at: number | null
}

/** Challenges for users who are logged in; of the challenge, only the SHA-256. */
export interface PasskeyChallengesTable {
  session_id: string
  purpose: string
  user_id: string
  challenge_hash: string
  expires_at: number
}

/** Logins in progress; of the token, only the SHA-256. */
export interface LoginAttemptsTable {
  token_hash: string
  /** Null: the account does not exist. */
  user_id: string | null
  security_epoch: number
  /** JSON: a list of rounds, each a list of methods. Its text is compared, so each value has exactly one spelling. */
  open_rounds: string
  /** JSON: a list of methods. Its text is compared, so each value has exactly one spelling. */
  proven_methods: string
  remember: Flag
  ip: string | null
  user_agent: string | null
  device_hash: string | null
  challenge_hash: string | null
  /** The address that a code was sent to, also if no account has it. */
  email: string | null
  tries: number
  created_at: number
  expires_at: number
}

/** Apps of third parties; of their secret, only the SHA-256. */
export interface OAuthClientsTable {
  id: string
  name: string
  /** Null: the client is public. */
  secret_hash: string | null
  /** JSON object: the other settings of the client. */
  metadata: string
  created_at: number
}

/** What users allowed apps to do. */
export interface OAuthGrantsTable {
  id: string
  user_id: string
  client_id: string
  /** Separated by spaces. */
  scopes: string
  /** Separated by spaces. */
  redirect_uris: string
  created_at: number
  last_used_at: number | null
}

/** Tokens and codes of apps, and requests in progress; of their secrets, only the SHA-256. */
export interface OAuthTokensTable {
  token_hash: string
  kind: string
  client_id: string | null
  user_id: string | null
  grant_id: string | null
  family_id: string | null
  session_id: string | null
  user_code_hash: string | null
  /** Separated by spaces. */
  scopes: string
  /** JSON object. */
  payload: string
  created_at: number
  expires_at: number
  consumed_at: number | null
}

/** Apps that users logged in to, which want to be told when the session ends. A row outlives its session until then. */
export interface OAuthLoginsTable {
  session_id: string
  client_id: string
  user_id: string
  created_at: number
  due_at: number
  tries: number
}

/** Generations of the keys that sign; without the keys, which are derived. */
export interface SigningKeysTable {
  salt: string
  created_at: number
}

/** The audit log. Rows change only when they are sealed, and when personal data in them is erased. */
export interface AuditEventsTable {
  id: string
  at: number
  type: string
  user_id: string | null
  actor: string | null
  session_id: string | null
  request_id: string | null
  /** JSON object: the other members of the event. */
  detail: string
  ip: string | null
  user_agent: string | null
  /** The salt of `personal_digest`, the SHA-256 of IP address and user agent; null after these were erased. */
  personal_salt: string | null
  personal_digest: string
  /** The sealed batch of the row; null while the row is not sealed. */
  batch: number | null
}

/** Batches of the audit log, each hashed together with the previous one. */
export interface AuditSealsTable {
  batch: number
  sealed_at: number
  last_event_at: number
  event_count: number
  /** Hash of the rows in the batch; stays when they are deleted. */
  rows_hash: string
  previous_hash: string
  hash: string
  /** When the rows of the batch were deleted, at the end of their retention. */
  removed_at: number | null
}

/** Deleted users whose personal data in the audit log is still to be erased. */
export interface ErasuresTable {
  user_id: string
}

/** Counters of attempts. */
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

/** A database as the stores use it, with the operations that differ between kinds. */
export interface SqlDatabase {
  /** Connection for writes, and for reads within transactions. */
  readonly db: Kysely<Database>
  /** Connection for reads. It sees everything that `db` has committed. */
  readonly reader: Kysely<Database>
  /**
   * Prepares the query of every verification: one value in, the columns of one row out, in the order of the query.
   * Avoids the cost of the query builder.
   */
  prepareRead<Row extends readonly unknown[]>(text: string): (value: string) => Found<Row | undefined>
  /** Runs a transaction, again if the database undid it because of another one. */
  retry<Result>(work: () => Promise<Result>): Promise<Result>
  /** Announces a change to other processes, in the transaction that makes the change. */
  announce(trx: Transaction<Database>, change: Change): Promise<void>
  changesElsewhere(): ChangesElsewhere
  /** Milliseconds since the last proof that other processes can be heard; 0 if each look asks them. */
  lagMs(): number
  /**
   * Runs writes that a power failure may undo until `flush` resolves, but not the death of the process. With every other commit
   * SQLite waits for the disk and blocks the process.
   */
  writeLightly<Result>(work: (db: Kysely<Database>) => Promise<Result>): Promise<Result>
  /** Resolves when every write that committed before the call survives a power failure. */
  flush(): Promise<void>
  /** Writes last uses in one statement. */
  writeTouches(touches: readonly Touch[]): Promise<void>
  /** Runs the maintenance of the database itself, with each sweep. */
  sweep(): Promise<void>
  /** Throws the refusal `unavailable` if this process may not write what a login writes. */
  requirePrivileges(): Promise<void>
  /** Returns one line for each damaged part. */
  checkIntegrity(): Promise<readonly string[]>
  close(): Promise<void>
}
