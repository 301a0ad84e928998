import type { EventTable } from '../kernel/event.ts'

/** Events about sessions. */
export type SessionEvent =
  | { readonly type: 'session.revoked' | 'session.expired'; readonly userId: string; readonly sessionId: string }
  | { readonly type: 'sessions.revoked'; readonly userId: string; readonly count: number }

/** Texts about the session events, for the documentation and the account page. */
export const SESSION_EVENTS = {
  'session.revoked': {
    description:
      'A session was revoked: by its user, by the application, by another login in the same browser, or because the user had too many.',
    fields: { userId: null, sessionId: null },
    sentence: {
      en: 'Device logged out',
      de: 'Gerät abgemeldet',
      fr: 'Appareil déconnecté',
      es: 'Sesión cerrada en un dispositivo',
    },
  },
  'session.expired': {
    description: 'A session was found past its idle or absolute limit.',
    fields: { userId: null, sessionId: null },
    sentence: null,
  },
  'sessions.revoked': {
    description: 'Several sessions of a user were revoked together.',
    fields: { userId: null, count: null },
    sentence: {
      en: 'Several devices logged out',
      de: 'Mehrere Geräte abgemeldet',
      fr: 'Plusieurs appareils déconnectés',
      es: 'Sesión cerrada en varios dispositivos',
    },
  },
} as const satisfies EventTable<SessionEvent>
