import type { Migration } from '../migration.ts'

/** Passkeys, and the challenges for users who are logged in. */
export const passkeys: Migration = {
  number: 10,
  name: 'passkeys',
  sqlite: [
    `CREATE TABLE passkeys (
      id TEXT PRIMARY KEY NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      credential_id TEXT UNIQUE NOT NULL,
      public_key TEXT NOT NULL,
      counter INTEGER NOT NULL,
      transports TEXT NOT NULL,
      name TEXT NOT NULL,
      syncs INTEGER NOT NULL CHECK (syncs IN (0, 1)),
      backed_up INTEGER NOT NULL CHECK (backed_up IN (0, 1)),
      aaguid TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX passkeys_by_user ON passkeys (user_id)',
    `CREATE TABLE passkey_challenges (
      session_id TEXT NOT NULL,
      purpose TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      challenge_hash TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (session_id, purpose)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX passkey_challenges_by_user ON passkey_challenges (user_id)',
    'CREATE INDEX passkey_challenges_to_sweep ON passkey_challenges (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.passkeys (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      credential_id text COLLATE "C" UNIQUE NOT NULL,
      public_key text NOT NULL,
      counter double precision NOT NULL,
      transports text NOT NULL,
      name text NOT NULL,
      syncs boolean NOT NULL,
      backed_up boolean NOT NULL,
      aaguid uuid NOT NULL,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz
    )`,
    'CREATE INDEX passkeys_by_user ON latchkey.passkeys (user_id)',
    `CREATE TABLE latchkey.passkey_challenges (
      session_id uuid NOT NULL,
      purpose text NOT NULL,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      challenge_hash text NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (session_id, purpose)
    )`,
    'CREATE INDEX passkey_challenges_by_user ON latchkey.passkey_challenges (user_id)',
    'CREATE INDEX passkey_challenges_to_sweep ON latchkey.passkey_challenges (expires_at)',
  ],
}
