import type { Migration } from '../migration.ts'

/** Generations of the keys that sign. The keys are derived from the secrets and the salt, so this table holds no secret. */
export const signingKeys: Migration = {
  number: 15,
  name: 'signing keys',
  sqlite: [
    `CREATE TABLE signing_keys (
      salt TEXT PRIMARY KEY NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
  postgres: [
    `CREATE TABLE latchkey.signing_keys (
      salt text COLLATE "C" PRIMARY KEY,
      created_at timestamptz NOT NULL
    )`,
  ],
}
