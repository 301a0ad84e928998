import type { Migration } from '../migration.ts'
import { lowerCaseEmails } from './lower-case-emails.ts'

/** Email addresses whose local part has capitals outside ASCII, from releases that kept these capitals. */
export const lowerCaseEmailAddresses: Migration = {
  number: 6,
  name: 'lower-case-emails',
  sqlite: [],
  postgres: [],
  rewrite: {
    purpose: 'Writes the email addresses of users and one-time tokens in lower case, also outside ASCII.',
    run: lowerCaseEmails,
  },
}
