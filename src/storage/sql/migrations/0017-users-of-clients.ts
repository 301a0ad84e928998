import type { Migration } from '../migration.ts'

/** The users of an app are read in parts, in order. */
export const usersOfClients: Migration = {
  number: 17,
  name: 'users of clients',
  sqlite: [
    'CREATE INDEX oauth_grants_by_client_and_user ON oauth_grants (client_id, user_id)',
    'DROP INDEX oauth_grants_by_client',
  ],
  postgres: [
    'CREATE INDEX oauth_grants_by_client_and_user ON latchkey.oauth_grants (client_id, user_id)',
    'DROP INDEX latchkey.oauth_grants_by_client',
  ],
}
