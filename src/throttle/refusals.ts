import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of limits. */
export const THROTTLE_REFUSALS = defineRefusals({
  too_many_requests: {
    status: 429,
    title: 'Too many attempts',
    when: 'There were too many attempts for this account or from this network. Nothing was checked, and this attempt is not counted.',
    next: 'Retry after the number of seconds in Retry-After. An earlier attempt gets the same answer.',
    text: {
      en: 'Too many attempts.',
      de: 'Zu viele Versuche.',
      fr: 'Trop de tentatives.',
      es: 'Demasiados intentos.',
    },
  },
})
