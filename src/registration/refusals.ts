import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of registrations. */
export const REGISTRATION_REFUSALS = defineRefusals({
  registration_closed: {
    status: 403,
    title: 'Registration is closed',
    when: 'This service does not accept public registrations.',
    next: 'Ask the operator of the service for an account or an invitation.',
    text: {
      en: 'You need an invitation to create an account.',
      de: 'Für ein Konto brauchen Sie eine Einladung.',
      fr: 'Il vous faut une invitation pour créer un compte.',
      es: 'Necesitas una invitación para crear una cuenta.',
    },
  },
})
