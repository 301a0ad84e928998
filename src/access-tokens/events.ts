import type { EventTable } from '../kernel/event.ts'

/** Events about access tokens. */
export interface AccessTokenEvent {
  readonly type: 'access_token.created' | 'access_token.revoked'
  readonly userId: string
  readonly tokenId: string
}

/** Texts about the access token events, for the documentation and the account page. */
export const ACCESS_TOKEN_EVENTS = {
  'access_token.created': {
    description: 'The user or the application created an access token.',
    fields: { userId: null, tokenId: null },
    sentence: {
      en: 'Access token created',
      de: 'Zugriffstoken erstellt',
      fr: 'Jeton d’accès créé',
      es: 'Token de acceso creado',
    },
  },
  'access_token.revoked': {
    description: 'The user or the application revoked an access token.',
    fields: { userId: null, tokenId: null },
    sentence: {
      en: 'Access token revoked',
      de: 'Zugriffstoken widerrufen',
      fr: 'Jeton d’accès révoqué',
      es: 'Token de acceso revocado',
    },
  },
} as const satisfies EventTable<AccessTokenEvent>
