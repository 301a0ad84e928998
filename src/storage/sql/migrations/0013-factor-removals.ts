import type { Migration } from '../migration.ts'

/** Removals of factors that wait, so that the owner of the account can cancel them. */
export const factorRemovals: Migration = {
  number: 13,
  name: 'factor removals',
  sqlite: [
    `CREATE TABLE factor_removals (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      method TEXT NOT NULL,
      security_epoch INTEGER,
      requested_at INTEGER NOT NULL,
      available_at INTEGER NOT NULL,
      expires_at INTEGER,
      PRIMARY KEY (user_id, method)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX factor_removals_to_carry_out ON factor_removals (available_at) WHERE security_epoch IS NULL',
    'CREATE INDEX factor_removals_to_sweep ON factor_removals (expires_at)',
  ],
  postgres: [
    `CREATE TABLE latchkey.factor_removals (
      user_id uuid NOT NULL REFERENCES latchkey.users (id) ON DELETE CASCADE,
      method text NOT NULL,
      security_epoch integer,
      requested_at timestamptz NOT NULL,
      available_at timestamptz NOT NULL,
      expires_at timestamptz,
      PRIMARY KEY (user_id, method)
    )`,
    'CREATE INDEX factor_removals_to_carry_out ON latchkey.factor_removals (available_at) WHERE security_epoch IS NULL',
    'CREATE INDEX factor_removals_to_sweep ON latchkey.factor_removals (expires_at)',
  ],
}
