import type { Migration } from '../migration.ts'

/** The outbox, one-time tokens, the audit log, counters of attempts, and passwords that must be reset. */
export const accounts: Migration = {
  number: 2,
  name: 'accounts',
  sqlite: [
    `CREATE TABLE mails (
      id TEXT PRIMARY KEY NOT NULL,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      sealed TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      next_try_at INTEGER NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0
    ) STRICT`,
    'CREATE INDEX mails_to_send ON mails (next_try_at)',
    'CREATE INDEX mails_by_user ON mails (user_id)',
    `CREATE TABLE one_time_tokens (
      token_hash TEXT PRIMARY KEY NOT NULL,
      purpose TEXT NOT NULL,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      email TEXT,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      claimed_until INTEGER
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id)',
    'CREATE INDEX one_time_tokens_by_email ON one_time_tokens (email)',
    'CREATE INDEX one_time_tokens_to_sweep ON one_time_tokens (expires_at)',
    `CREATE TABLE audit_events (
      id TEXT PRIMARY KEY NOT NULL,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      user_id TEXT,
      actor TEXT,
      session_id TEXT,
      request_id TEXT,
      detail TEXT NOT NULL,
      ip TEXT,
      user_agent TEXT,
      personal_salt TEXT,
      personal_digest TEXT NOT NULL,
      batch INTEGER
    ) STRICT`,
    'CREATE INDEX audit_events_by_user ON audit_events (user_id, id)',
    'CREATE INDEX audit_events_by_batch ON audit_events (batch, id)',
    `CREATE TABLE audit_seals (
      batch INTEGER PRIMARY KEY NOT NULL,
      sealed_at INTEGER NOT NULL,
      last_event_at INTEGER NOT NULL,
      event_count INTEGER NOT NULL,
      rows_hash TEXT NOT NULL,
      previous_hash TEXT NOT NULL,
      hash TEXT NOT NULL,
      removed_at INTEGER
    ) STRICT`,
    `CREATE TABLE throttle (
      key TEXT PRIMARY KEY NOT NULL,
      count INTEGER NOT NULL,
      blocked_until INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX throttle_to_sweep ON throttle (expires_at)',
    `ALTER TABLE passwords ADD COLUMN disabled_for TEXT CHECK (disabled_for IN ('strangers', 'everyone'))`,
  ],
  postgres: [
    `CREATE TABLE latchkey.mails (
      id uuid PRIMARY KEY,
      user_id uuid REFERENCES latchkey.users (id) ON DELETE CASCADE,
      sealed text NOT NULL,
      created_at timestamptz NOT NULL,
      next_try_at timestamptz NOT NULL,
      tries integer NOT NULL DEFAULT 0
    )`,
    'CREATE INDEX mails_to_send ON latchkey.mails (next_try_at)',
    'CREATE INDEX mails_by_user ON latchkey.mails (user_id)',
    `CREATE TABLE latchkey.one_time_tokens (
      token_hash text COLLATE "C" PRIMARY KEY,
      purpose text NOT NULL,
      user_id uuid REFERENCES latchkey.users (id) ON DELETE CASCADE,
      email text,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      claimed_until timestamptz
    )`,
    'CREATE INDEX one_time_tokens_by_user ON latchkey.one_time_tokens (user_id)',
    'CREATE INDEX one_time_tokens_by_email ON latchkey.one_time_tokens (email)',
    'CREATE INDEX one_time_tokens_to_sweep ON latchkey.one_time_tokens (expires_at)',
    `CREATE TABLE latchkey.audit_events (
      id uuid PRIMARY KEY,
      at timestamptz NOT NULL,
      type text NOT NULL,
      user_id uuid,
      actor text,
      session_id uuid,
      request_id text,
      detail text NOT NULL,
      ip text,
      user_agent text,
      personal_salt text,
      personal_digest text NOT NULL,
      batch integer
    )`,
    'CREATE INDEX audit_events_by_user ON latchkey.audit_events (user_id, id)',
    'CREATE INDEX audit_events_by_batch ON latchkey.audit_events (batch, id)',
    `CREATE TABLE latchkey.audit_seals (
      batch integer PRIMARY KEY,
      sealed_at timestamptz NOT NULL,
      last_event_at timestamptz NOT NULL,
      event_count integer NOT NULL,
      rows_hash text NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL,
      removed_at timestamptz
    )`,
    `CREATE TABLE latchkey.throttle (
      key text COLLATE "C" PRIMARY KEY,
      count integer NOT NULL,
      blocked_until timestamptz NOT NULL,
      expires_at timestamptz NOT NULL
    )`,
    'CREATE INDEX throttle_to_sweep ON latchkey.throttle (expires_at)',
    `ALTER TABLE latchkey.passwords ADD COLUMN disabled_for text CHECK (disabled_for IN ('strangers', 'everyone'))`,
  ],
}
