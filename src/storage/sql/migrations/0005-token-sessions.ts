import type { Migration } from '../migration.ts'

/** The session that requested a one-time token: a change of email address ends with it. */
export const tokenSessions: Migration = {
  number: 5,
  name: 'token-sessions',
  sqlite: ['ALTER TABLE one_time_tokens ADD COLUMN session_id TEXT'],
  postgres: ['ALTER TABLE latchkey.one_time_tokens ADD COLUMN session_id uuid'],
}
