import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of one-time tokens. */
export const ONE_TIME_TOKEN_REFUSALS = defineRefusals({
  token_invalid: {
    status: 410,
    title: 'Link not valid',
    when: 'The token of an emailed link was used, has expired, was altered, or is for another purpose. The answer never says which.',
    next: 'Request a new link.',
    text: {
      en: 'This link no longer works.',
      de: 'Dieser Link funktioniert nicht mehr.',
      fr: 'Ce lien ne fonctionne plus.',
      es: 'Este enlace ya no funciona.',
    },
  },
})
