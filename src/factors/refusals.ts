import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of factors. */
export const FACTOR_REFUSALS = defineRefusals({
  factor_exists: {
    status: 409,
    title: 'Factor exists',
    when: 'The user has already set up this factor.',
    next: 'Remove it first, then set it up again.',
    text: {
      en: 'You have already set this up.',
      de: 'Sie haben das bereits eingerichtet.',
      fr: 'Vous l’avez déjà configuré.',
      es: 'Ya lo tienes configurado.',
    },
  },
  no_factor: {
    status: 409,
    title: 'No second factor',
    when: 'Recovery codes stand in for a second factor, and the user has none.',
    next: 'Set up a second factor first.',
    text: {
      en: 'Set up a second factor first.',
      de: 'Richten Sie zuerst einen zweiten Faktor ein.',
      fr: 'Configurez d’abord un second facteur.',
      es: 'Configura primero un segundo factor.',
    },
  },
})
