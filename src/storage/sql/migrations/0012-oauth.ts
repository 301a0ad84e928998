import type { Migration } from '../migration.ts'

/** Apps of third parties, what users allowed them, and their tokens. */
export const oauth: Migration = {
  number: 12,
  name: 'oauth',
  sqlite: [
    `CREATE TABLE oauth_clients (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      secret_hash TEXT,
      metadata TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE oauth_grants (
      id TEXT PRIMARY KEY NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      client_id TEXT NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
      scopes TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER,
      UNIQUE (user_id, client_id)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX oauth_grants_by_client ON oauth_grants (client_id)',
    `CREATE TABLE oauth_tokens (
      token_hash TEXT PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL,
      client_id TEXT REFERENCES oauth_clients (id) ON DELETE CASCADE,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      grant_id TEXT REFERENCES oauth_grants (id) ON DELETE CASCADE,
      family_id TEXT,
      session_id TEXT,
      user_code_hash TEXT UNIQUE,
      scopes TEXT NOT NULL,
      payload TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      consumed_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX oauth_tokens_by_grant ON oauth_tokens (grant_id)',
    'CREATE INDEX oauth_tokens_by_client ON oauth_tokens (client_id)',
    'CREATE INDEX oauth_tokens_by_user ON oauth_tokens (user_id)',
    'CREATE INDEX oauth_tokens_to_sweep ON oauth_tokens (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.oauth_clients (
      id text COLLATE "C" PRIMARY KEY,
      name text NOT NULL,
      secret_hash text COLLATE "C",
      metadata text NOT NULL,
      created_at timestamptz NOT NULL
    )`,
    `CREATE TABLE latchkey.oauth_grants (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      client_id text COLLATE "C" NOT NULL REFERENCES latchkey.oauth_clients (id) ON DELETE CASCADE,
      scopes text NOT NULL,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz,
      UNIQUE (user_id, client_id)
    )`,
    'CREATE INDEX oauth_grants_by_client ON latchkey.oauth_grants (client_id)',
    `CREATE TABLE latchkey.oauth_tokens (
      token_hash text COLLATE "C" PRIMARY KEY,
      kind text NOT NULL,
      client_id text COLLATE "C" REFERENCES latchkey.oauth_clients (id) ON DELETE CASCADE,
      user_id uuid REFERENCES latchkey.users (id) ON DELETE CASCADE,
      grant_id uuid REFERENCES latchkey.oauth_grants (id) ON DELETE CASCADE,
      family_id text COLLATE "C",
      session_id uuid,
      user_code_hash text COLLATE "C" UNIQUE,
      scopes text NOT NULL,
      payload text NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz
    )`,
    'CREATE INDEX oauth_tokens_by_grant ON latchkey.oauth_tokens (grant_id)',
    'CREATE INDEX oauth_tokens_by_client ON latchkey.oauth_tokens (client_id)',
    'CREATE INDEX oauth_tokens_by_user ON latchkey.oauth_tokens (user_id)',
    'CREATE INDEX oauth_tokens_to_sweep ON latchkey.oauth_tokens (expires_at)',
  ],
}
