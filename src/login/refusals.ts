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
  attempt_ended: {
    status: 401,
    title: 'Login attempt ended',
    when: 'There is no login in progress, or it was completed, has expired after 10 minutes, had 5 wrong answers, or began on another device. The answer never says which.',
    next: 'Log in again from the start.',
  },
  second_factor_required: {
    status: 403,
    title: 'Second factor required',
    when: 'The user set up a second factor, so the password alone does not confirm their identity.',
    next: 'Ask for a code of the authenticator app: POST /auth/reauthenticate/totp.',
  },
  wrong_code: {
    status: 403,
    title: 'Wrong code',
    when: 'The answer to the open step of the login is wrong. The login attempt ends after 5 wrong answers.',
    next: 'Ask the user to try again.',
  },
})
