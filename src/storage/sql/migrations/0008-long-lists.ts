import type { Migration } from '../migration.ts'

/**
 * Indexes by which a page of a long list is read without the rest of the list, and the users whose personal data is still to
 * be erased from the audit log.
 */
export const longLists: Migration = {
  number: 8,
  name: 'long-lists',
  sqlite: [
    'CREATE INDEX sessions_by_user_and_id ON sessions (user_id, id)',
    'DROP INDEX sessions_by_user',
    'CREATE INDEX access_tokens_by_user_and_id ON access_tokens (user_id, id)',
    'DROP INDEX access_tokens_by_user',
    'CREATE TABLE erasures (user_id TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID',
  ],
  postgres: [
    'CREATE INDEX sessions_by_user_and_id ON latchkey.sessions (user_id, id)',
    'DROP INDEX latchkey.sessions_by_user',
    'CREATE INDEX access_tokens_by_user_and_id ON latchkey.access_tokens (user_id, id)',
    'DROP INDEX latchkey.access_tokens_by_user',
    'CREATE TABLE latchkey.erasures (user_id uuid PRIMARY KEY)',
  ],
}
