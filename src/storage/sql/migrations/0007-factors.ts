import type { Migration } from '../migration.ts'

/** Factors besides the password: TOTP, recovery codes, and the devices that are not asked for one. */
export const factors: Migration = {
  number: 7,
  name: 'factors',
  sqlite: [
    `CREATE TABLE totp (
      user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      sealed_secret TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      confirmed_at INTEGER,
      last_step INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE recovery_codes (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      code_hash TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (user_id, code_hash)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE remembered_devices (
      id TEXT PRIMARY KEY NOT NULL,
      token_hash TEXT UNIQUE NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      security_epoch INTEGER NOT NULL,
      user_agent TEXT,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX remembered_devices_by_user ON remembered_devices (user_id)',
    'CREATE INDEX remembered_devices_to_sweep ON remembered_devices (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.totp (
      user_id uuid PRIMARY KEY REFERENCES latchkey.users (id) ON DELETE CASCADE,
      sealed_secret text NOT NULL,
      created_at timestamptz NOT NULL,
      confirmed_at timestamptz,
      last_step integer NOT NULL,
      last_used_at timestamptz
    )`,
    `CREATE TABLE latchkey.recovery_codes (
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      code_hash text COLLATE "C" NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, code_hash)
    )`,
    `CREATE TABLE latchkey.remembered_devices (
      id uuid PRIMARY KEY,
      token_hash text COLLATE "C" UNIQUE NOT NULL,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      security_epoch integer NOT NULL,
      user_agent text,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz,
      expires_at timestamptz NOT NULL
    )`,
    'CREATE INDEX remembered_devices_by_user ON latchkey.remembered_devices (user_id)',
    'CREATE INDEX remembered_devices_to_sweep ON latchkey.remembered_devices (expires_at)',
  ],
}
