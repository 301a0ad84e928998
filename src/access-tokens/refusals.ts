import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of access tokens. */
export const ACCESS_TOKEN_REFUSALS = defineRefusals({
  too_many_tokens: {
    status: 409,
    title: 'Too many access tokens',
    when: 'The user has the maximum number of access tokens.',
    next: 'Revoke an access token that is not in use. GET /auth/tokens shows when each one was last used.',
  },
})
