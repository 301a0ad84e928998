import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of access tokens. */
export const ACCESS_TOKEN_REFUSALS = defineRefusals({
  too_many_tokens: {
    status: 409,
    title: 'Too many access tokens',
    when: 'The user has the maximum number of access tokens.',
    next: 'Revoke an access token that is not in use. GET /auth/tokens shows when each one was last used.',
    text: {
      en: 'You have the maximum number of access tokens. Revoke one that you do not use.',
      de: 'Sie haben die Höchstzahl an Zugriffstoken. Widerrufen Sie eines, das Sie nicht verwenden.',
      fr: 'Vous avez atteint le nombre maximal de jetons d’accès. Révoquez-en un que vous n’utilisez pas.',
      es: 'Has alcanzado el número máximo de tokens de acceso. Revoca uno que no uses.',
    },
  },
})
