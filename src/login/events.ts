import type { EventTable } from '../kernel/event.ts'

/**
 * Events about logins. `reauthentication.refused` is in `passwords/events.ts`, because a password change can cause it
 * too.
 */
export type LoginEvent =
  | {
      readonly type: 'login.succeeded'
      readonly userId: string
      readonly sessionId: string
      readonly methods: readonly string[]
    }
  | { readonly type: 'login.refused'; readonly userId: string | null; readonly reason: string }
  | { readonly type: 'reauthentication.succeeded'; readonly userId: string; readonly sessionId: string }

/** Descriptions of the login events, for the documentation and the account page. */
export const LOGIN_EVENTS = {
  'login.succeeded': {
    description: 'A session started, by login or by registration.',
    fields: { userId: null, sessionId: null, methods: null },
    sentence: {
      en: 'Logged in',
      de: 'Angemeldet',
      fr: 'Connexion',
      es: 'Inicio de sesión',
    },
  },
  'login.refused': {
    description: 'A login was answered with 401.',
    fields: {
      userId: 'null if the email address has no account',
      reason:
        '`unknown_user`, `no_password`, `wrong_password`, `disabled`, `password_disabled`, `account_changed_meanwhile`, or `wrong_` and the method of a step: `wrong_passkey`',
    },
    sentence: {
      en: 'Login failed',
      de: 'Anmeldung fehlgeschlagen',
      fr: 'Échec de connexion',
      es: 'Inicio de sesión fallido',
    },
  },
  'reauthentication.succeeded': {
    description: 'The user confirmed their identity, with the password or a second factor. The session is fresh again.',
    fields: { userId: null, sessionId: null },
    sentence: {
      en: 'Identity confirmed',
      de: 'Identität bestätigt',
      fr: 'Identité confirmée',
      es: 'Identidad confirmada',
    },
  },
} as const satisfies EventTable<LoginEvent>
