import type { Kysely } from 'kysely'

/** The tables, as Kysely sees them. Times are milliseconds since 1970 UTC. */
export interface Database {
  users: UsersTable
  passwords: PasswordsTable
  sessions: SessionsTable
  changes: ChangesTable
  migrations: MigrationsTable
}

/** People's accounts. */
export interface UsersTable {
  id: string
  email: string
  email_verified: number
  name: string | null
  created_at: number
  disabled_at: number | null
  security_epoch: number
}

/** Password hashes (PHC strings), one per user. */
export interface PasswordsTable {
  user_id: string
  hash: string
  changed_at: number
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
  remembered: number
  cookie_sent_at: number
  ip: string | null
  user_agent: string | null
}

/** What the caches of other processes must forget, in order. */
export interface ChangesTable {
  seq: number
  kind: 'session' | 'user'
  subject_id: string
  changed_at: number
}

/** The migrations that ran. */
export interface MigrationsTable {
  number: number
  name: string
  checksum: string
  ran_at: number
}

/** The database as the stores use it. */
export interface Connections {
  /** Writes, and reads within transactions. */
  readonly db: Kysely<Database>
  /** Reads. What the other has committed, it sees. */
  readonly reader: Kysely<Database>
}
