import type { Migration } from '../migration.ts'

/** The challenge of a login in progress, and the email address that its code was sent to. */
export const attemptChallenges: Migration = {
  number: 9,
  name: 'attempt-challenges',
  sqlite: [
    'ALTER TABLE login_attempts ADD COLUMN challenge_hash TEXT',
    'ALTER TABLE login_attempts ADD COLUMN email TEXT',
  ],
  postgres: [
    'ALTER TABLE latchkey.login_attempts ADD COLUMN challenge_hash text',
    'ALTER TABLE latchkey.login_attempts ADD COLUMN email text',
  ],
}
