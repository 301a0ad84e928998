import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of logins. */
export const LOGIN_REFUSALS = defineRefusals({
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    when: 'The email address and the password do not match, or the account cannot log in. The answer never says which.',
    next: 'Ask the user to check both and to try again.',
  },
  email_not_verified: {
    status: 403,
    title: 'Email address not verified',
    when: 'The email address and the password are right, but this service requires a verified email address. It sends an email with a link.',
    next: 'Open the link in the email, then log in.',
  },
})
