import type { EventTable } from '../kernel/event.ts'

/** Events about apps of third parties. */
export type OAuthEvent =
  | {
      readonly type:
        | 'oauth_client.created'
        | 'oauth_client.updated'
        | 'oauth_client.secret_rotated'
        | 'oauth_client.deleted'
      readonly userId: null
      readonly clientId: string
    }
  | { readonly type: 'oauth_client.logout_failed'; readonly userId: string; readonly clientId: string }
  | {
      readonly type: 'oauth_grant.allowed' | 'oauth_grant.revoked' | 'oauth_grant.replayed'
      readonly userId: string
      readonly clientId: string | null
      readonly grantId: string
    }

const CLIENT_FIELDS = { userId: 'always null', clientId: 'the `client_id`' } as const
const GRANT_FIELDS = {
  userId: null,
  clientId: 'the `client_id`; null if many grants end together',
  grantId: null,
} as const

/** Descriptions of the events about apps, for the documentation and the account page. */
export const OAUTH_EVENTS = {
  'oauth_client.created': {
    description: 'An operator or the application created an OAuth client.',
    fields: CLIENT_FIELDS,
    sentence: null,
  },
  'oauth_client.updated': {
    description: 'An operator or the application changed an OAuth client.',
    fields: CLIENT_FIELDS,
    sentence: null,
  },
  'oauth_client.secret_rotated': {
    description: 'An operator or the application replaced the secret of an OAuth client. The old one no longer works.',
    fields: CLIENT_FIELDS,
    sentence: null,
  },
  'oauth_client.deleted': {
    description: 'An operator or the application deleted an OAuth client. Its grants and tokens ended.',
    fields: CLIENT_FIELDS,
    sentence: null,
  },
  'oauth_client.logout_failed': {
    description: 'An app did not take the message that a session is over, for about three days. It is given up.',
    fields: { userId: null, clientId: 'the `client_id`' },
    sentence: null,
  },
  'oauth_grant.allowed': {
    description: 'The user allowed an app to act for them, or allowed it more.',
    fields: GRANT_FIELDS,
    sentence: {
      en: 'Access allowed to an app',
      de: 'Einer App Zugriff erlaubt',
      fr: 'Accès accordé à une application',
      es: 'Acceso permitido a una aplicación',
    },
  },
  'oauth_grant.revoked': {
    description: 'The user revoked what they allowed an app to do. Its tokens ended.',
    fields: GRANT_FIELDS,
    sentence: {
      en: 'Access of an app revoked',
      de: 'Zugriff einer App widerrufen',
      fr: 'Accès d’une application révoqué',
      es: 'Acceso de una aplicación revocado',
    },
  },
  'oauth_grant.replayed': {
    description:
      'A code or a refresh token of an app was used a second time, so it may have been stolen. All tokens of that authorization ended.',
    fields: GRANT_FIELDS,
    sentence: {
      en: 'Tokens of an app ended because one was used twice',
      de: 'Token einer App beendet, weil eines zweimal benutzt wurde',
      fr: 'Jetons d’une application arrêtés, car l’un a servi deux fois',
      es: 'Tokens de una aplicación terminados porque uno se usó dos veces',
    },
  },
} as const satisfies EventTable<OAuthEvent>
