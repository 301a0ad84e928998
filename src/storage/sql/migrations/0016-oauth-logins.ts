import type { Migration } from '../migration.ts'

/**
 * Apps that users logged in to with a session, and that want to be told when it ends. A row outlives its session and its user until the app
 * was told.
 */
export const oauthLogins: Migration = {
  number: 16,
  name: 'oauth logins',
  sqlite: [
    `CREATE TABLE oauth_logins (
      session_id TEXT NOT NULL,
      client_id TEXT NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
      user_id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      tries INTEGER NOT NULL,
      PRIMARY KEY (session_id, client_id)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX oauth_logins_by_user ON oauth_logins (user_id)',
    'CREATE INDEX oauth_logins_by_client ON oauth_logins (client_id)',
    'CREATE INDEX oauth_logins_due ON oauth_logins (due_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.oauth_logins (
      session_id uuid NOT NULL,
      client_id text COLLATE "C" NOT NULL REFERENCES latchkey.oauth_clients (id) ON DELETE CASCADE,
      user_id uuid NOT NULL,
      created_at timestamptz NOT NULL,
      due_at timestamptz NOT NULL,
      tries integer NOT NULL,
      PRIMARY KEY (session_id, client_id)
    )`,
    'CREATE INDEX oauth_logins_by_user ON latchkey.oauth_logins (user_id)',
    'CREATE INDEX oauth_logins_by_client ON latchkey.oauth_logins (client_id)',
    'CREATE INDEX oauth_logins_due ON latchkey.oauth_logins (due_at)',
  ],
}
