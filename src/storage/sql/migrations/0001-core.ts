import type { Migration } from '../migration.ts'

/**
 * Users, passwords and sessions. SQLite also has the changes that other processes read; PostgreSQL sends notifications.
 */
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
      security_epoch INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL DEFAULT 0
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
      user_agent TEXT,
      sweep_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX sessions_by_user ON sessions (user_id)',
    'CREATE INDEX sessions_to_sweep ON sessions (sweep_at)',
    `CREATE TABLE changes (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL CHECK (kind IN ('session', 'user')),
      subject_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      changed_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE session_orders (
      id TEXT PRIMARY KEY NOT NULL,
      user_id TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('end', 'refresh')),
      except_token_hash TEXT,
      through_epoch INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX session_orders_by_user ON session_orders (user_id)',
  ],
  postgres: [
    `CREATE TABLE latchkey.users (
      id uuid PRIMARY KEY,
      email text COLLATE "C" NOT NULL UNIQUE,
      email_verified boolean NOT NULL,
      name text,
      created_at timestamptz NOT NULL,
      disabled_at timestamptz,
      security_epoch integer NOT NULL DEFAULT 0,
      revision integer NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE latchkey.passwords (
      user_id uuid PRIMARY KEY REFERENCES latchkey.users (id) ON DELETE CASCADE,
      hash text NOT NULL,
      changed_at timestamptz NOT NULL
    )`,
    // The fill factor leaves room in each page, so that a touch changes no index.
    `CREATE TABLE latchkey.sessions (
      id uuid PRIMARY KEY,
      token_hash text COLLATE "C" NOT NULL UNIQUE,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      idle_expires_at timestamptz NOT NULL,
      authenticated_at timestamptz NOT NULL,
      methods text NOT NULL,
      remembered boolean NOT NULL,
      cookie_sent_at timestamptz NOT NULL,
      ip text,
      user_agent text,
      sweep_at timestamptz NOT NULL
    ) WITH (fillfactor = 80)`,
    'CREATE INDEX sessions_by_user ON latchkey.sessions (user_id)',
    'CREATE INDEX sessions_to_sweep ON latchkey.sessions (sweep_at)',
    `CREATE TABLE latchkey.session_orders (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      kind text NOT NULL CHECK (kind IN ('end', 'refresh')),
      except_token_hash text COLLATE "C",
      through_epoch integer NOT NULL
    )`,
    'CREATE INDEX session_orders_by_user ON latchkey.session_orders (user_id)',
  ],
}
