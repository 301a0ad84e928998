import type { Migration } from '../migration.ts'

/** Users, passwords, sessions, and the changes that other processes read. */
export const core: Migration = {
  number: 1,
  name: 'core',
  sqlite: [
    `CREATE TABLE users (
      id TEXT PRIMARY KEY NOT NULL,
      email TEXT NOT NULL UNIQUE,
      email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
      name TEXT,
      created_at INTEGER NOT NULL,
      disabled_at INTEGER,
      security_epoch INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE passwords (
      user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      hash TEXT NOT NULL,
      changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE sessions (
      id TEXT PRIMARY KEY NOT NULL,
      token_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      created_at INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      idle_expires_at INTEGER NOT NULL,
      authenticated_at INTEGER NOT NULL,
      methods TEXT NOT NULL,
      remembered INTEGER NOT NULL CHECK (remembered IN (0, 1)),
      cookie_sent_at INTEGER NOT NULL,
      ip TEXT,
      user_agent TEXT
    ) STRICT`,
    'CREATE INDEX sessions_by_user ON sessions (user_id, last_seen_at)',
    'CREATE INDEX sessions_by_idle_limit ON sessions (idle_expires_at)',
    `CREATE TABLE changes (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL CHECK (kind IN ('session', 'user')),
      subject_id TEXT NOT NULL,
      changed_at INTEGER NOT NULL
    ) STRICT`,
  ],
}
