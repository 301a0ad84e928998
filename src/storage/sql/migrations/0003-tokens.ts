import type { Migration } from '../migration.ts'

/** Access tokens; in PostgreSQL also the changes of the last hours, for processes that missed the notifications. */
export const tokens: Migration = {
  number: 3,
  name: 'tokens',
  sqlite: [
    `CREATE TABLE access_tokens (
      id TEXT PRIMARY KEY NOT NULL,
      token_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      scopes TEXT NOT NULL,
      last_four TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      last_used_at INTEGER
    ) STRICT`,
    'CREATE INDEX access_tokens_by_user ON access_tokens (user_id)',
    'CREATE INDEX access_tokens_to_sweep ON access_tokens (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.access_tokens (
      id uuid PRIMARY KEY,
      token_hash text COLLATE "C" NOT NULL UNIQUE,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      name text NOT NULL,
      scopes text NOT NULL,
      last_four text NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz,
      last_used_at timestamptz
    )`,
    'CREATE INDEX access_tokens_by_user ON latchkey.access_tokens (user_id)',
    'CREATE INDEX access_tokens_to_sweep ON latchkey.access_tokens (expires_at)',
    `CREATE TABLE latchkey.changes (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind text NOT NULL,
      subject_id uuid NOT NULL,
      user_id uuid NOT NULL,
      changed_at timestamptz NOT NULL
    )`,
    'CREATE INDEX changes_by_time ON latchkey.changes (changed_at)',
  ],
}
