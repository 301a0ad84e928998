import type { Migration } from '../migration.ts'

/** Redirect URIs that users allowed, of apps that describe themselves. */
export const redirectUrisOfGrants: Migration = {
  number: 14,
  name: 'redirect URIs of grants',
  sqlite: [`ALTER TABLE oauth_grants ADD COLUMN redirect_uris TEXT NOT NULL DEFAULT ''`],
  postgres: [`ALTER TABLE latchkey.oauth_grants ADD COLUMN redirect_uris text NOT NULL DEFAULT ''`],
}
