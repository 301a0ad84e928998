import type { EventTable } from '../kernel/event.ts'

/** Events about passwords. */
export type PasswordEvent =
  | {
      readonly type: 'reauthentication.refused'
      readonly userId: string
      readonly sessionId: string
      readonly reason: string
    }
  | {
      readonly type: 'password.changed'
      readonly userId: string
      /** Null if the password was set with an email verification or came from the old system. */
      readonly sessionId: string | null
    }
  | {
      readonly type: 'password.reset_requested'
      /** Null if no email was sent: the email address has no enabled account, or received too many emails. */
      readonly userId: string | null
    }
  | { readonly type: 'password.reset' | 'password.enabled'; readonly userId: string }
  | {
      readonly type: 'password.disabled'
      readonly userId: string
      /** Why it must be reset: too many failed attempts, a server-side call, or an undone change of email address. */
      readonly reason: 'failures' | 'forced' | 'email_change_undone'
    }
  | { readonly type: 'password.breach_check_failed'; readonly userId: string | null; readonly reason: string }

/** Descriptions of the password events, for the documentation and the account page. */
export const PASSWORD_EVENTS = {
  'reauthentication.refused': {
    description: 'The user typed a wrong password to confirm their identity or to change the password.',
    fields: { userId: null, sessionId: null, reason: null },
    sentence: {
      en: 'Identity check with password failed',
      de: 'Bestätigung mit Passwort fehlgeschlagen',
      fr: 'Échec de la confirmation par mot de passe',
      es: 'Falló la confirmación con contraseña',
    },
  },
  'password.changed': {
    description: 'The password was changed.',
    fields: {
      userId: null,
      sessionId: 'null if the password was set with an email verification or came from the old system',
    },
    sentence: {
      en: 'Password changed',
      de: 'Passwort geändert',
      fr: 'Mot de passe modifié',
      es: 'Contraseña cambiada',
    },
  },
  'password.reset_requested': {
    description: 'A password reset was requested. The account, if there is one, receives an email with a link.',
    fields: {
      userId: 'null if no email was sent: the email address has no enabled account, or received too many emails',
    },
    sentence: {
      en: 'Password reset requested',
      de: 'Neues Passwort angefordert',
      fr: 'Réinitialisation du mot de passe demandée',
      es: 'Contraseña nueva solicitada',
    },
  },
  'password.reset': {
    description: 'The user set a new password with the link. All sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: {
      en: 'Password reset',
      de: 'Passwort neu festgelegt',
      fr: 'Mot de passe réinitialisé',
      es: 'Contraseña restablecida',
    },
  },
  'password.disabled': {
    description:
      'The password must be reset before the next login. `forced` also revoked all sessions and access tokens.',
    fields: { userId: null, reason: '`failures`, `forced` or `email_change_undone`' },
    sentence: {
      en: 'Password disabled until it is reset',
      de: 'Passwort gesperrt, bis es neu festgelegt wird',
      fr: 'Mot de passe désactivé jusqu’à sa réinitialisation',
      es: 'Contraseña desactivada hasta que se restablezca',
    },
  },
  'password.enabled': {
    description: 'The application enabled a disabled password again.',
    fields: { userId: null },
    sentence: {
      en: 'Password enabled',
      de: 'Passwort freigegeben',
      fr: 'Mot de passe réactivé',
      es: 'Contraseña activada',
    },
  },
  'password.breach_check_failed': {
    description: 'The list of breached passwords did not answer. The password was accepted without this check.',
    fields: { userId: 'null if the account is just being created', reason: null },
    sentence: null,
  },
} as const satisfies EventTable<PasswordEvent>
