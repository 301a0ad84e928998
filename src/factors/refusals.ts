import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of factors. */
export const FACTOR_REFUSALS = defineRefusals({
  factor_exists: {
    status: 409,
    title: 'Factor exists',
    when: 'The user has already set up this factor.',
    next: 'Remove it first, then set it up again.',
  },
  no_factor: {
    status: 409,
    title: 'No second factor',
    when: 'Recovery codes stand in for a second factor, and the user has none.',
    next: 'Set up a second factor first.',
  },
})
