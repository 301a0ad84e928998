import type { Migration } from '../migration.ts'

/** Logins in progress: the rounds that are still open and the methods proven so far. */
export const loginAttempts: Migration = {
  number: 4,
  name: 'login-attempts',
  sqlite: [
    `CREATE TABLE login_attempts (
      token_hash TEXT PRIMARY KEY NOT NULL,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      security_epoch INTEGER NOT NULL,
      open_rounds TEXT NOT NULL,
      proven_methods TEXT NOT NULL,
      remember INTEGER NOT NULL CHECK (remember IN (0, 1)),
      ip TEXT,
      user_agent TEXT,
      device_hash TEXT,
      tries INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX login_attempts_by_user ON login_attempts (user_id)',
    'CREATE INDEX login_attempts_to_sweep ON login_attempts (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.login_attempts (
      token_hash text COLLATE "C" PRIMARY KEY,
      user_id uuid REFERENCES latchkey.users (id) ON DELETE CASCADE,
      security_epoch integer NOT NULL,
      open_rounds text NOT NULL,
      proven_methods text NOT NULL,
      remember boolean NOT NULL,
      ip text,
      user_agent text,
      device_hash text,
      tries integer NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL
    )`,
    'CREATE INDEX login_attempts_by_user ON latchkey.login_attempts (user_id)',
    'CREATE INDEX login_attempts_to_sweep ON latchkey.login_attempts (expires_at)',
  ],
}
