import type { Migration } from '../migration.ts'

/** Accounts at providers that are linked to users, and proofs of providers that were used. */
export const identities: Migration = {
  number: 11,
  name: 'identities',
  sqlite: [
    `CREATE TABLE identities (
      id TEXT PRIMARY KEY NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      provider TEXT NOT NULL,
      issuer TEXT NOT NULL,
      subject TEXT NOT NULL,
      email TEXT,
      email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
      created_at INTEGER NOT NULL,
      last_used_at INTEGER,
      UNIQUE (issuer, subject)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX identities_by_user ON identities (user_id)',
    `CREATE TABLE spent_proofs (
      hash TEXT PRIMARY KEY NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX spent_proofs_to_sweep ON spent_proofs (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.identities (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      provider text COLLATE "C" NOT NULL,
      issuer text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      email text,
      email_verified boolean NOT NULL,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz,
      UNIQUE (issuer, subject)
    )`,
    'CREATE INDEX identities_by_user ON latchkey.identities (user_id)',
    `CREATE TABLE latchkey.spent_proofs (
      hash text COLLATE "C" PRIMARY KEY,
      expires_at timestamptz NOT NULL
    )`,
    'CREATE INDEX spent_proofs_to_sweep ON latchkey.spent_proofs (expires_at)',
  ],
}
