import type { EventTable } from '../kernel/event.ts'

/** Events about accounts and their email addresses. */
export interface AccountEvent {
  readonly type:
    | 'user.created'
    | 'user.renamed'
    | 'user.disabled'
    | 'user.enabled'
    | 'user.deleted'
    | 'user.exported'
    | 'email.verification_requested'
    | 'email.verified'
    | 'email.change_requested'
    | 'email.change_cancelled'
    | 'email.changed'
    | 'email.change_undone'
    | 'email.change_stopped'
  readonly userId: string
}

/** Descriptions of the account events, for the documentation and the account page. */
export const ACCOUNT_EVENTS = {
  'user.created': {
    description: 'The user registered, was created or imported by the application, or came from the old system.',
    fields: { userId: null },
    sentence: {
      en: 'Account created',
      de: 'Konto erstellt',
      fr: 'Compte créé',
      es: 'Cuenta creada',
    },
  },
  'user.renamed': {
    description: 'The name was changed or removed.',
    fields: { userId: null },
    sentence: {
      en: 'Name changed',
      de: 'Name geändert',
      fr: 'Nom modifié',
      es: 'Nombre cambiado',
    },
  },
  'user.disabled': {
    description: 'The application disabled the account. All its sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: {
      en: 'Account disabled',
      de: 'Konto gesperrt',
      fr: 'Compte désactivé',
      es: 'Cuenta desactivada',
    },
  },
  'user.enabled': {
    description: 'The application enabled the account again.',
    fields: { userId: null },
    sentence: {
      en: 'Account enabled',
      de: 'Konto freigegeben',
      fr: 'Compte réactivé',
      es: 'Cuenta activada',
    },
  },
  'user.deleted': {
    description: 'The account was deleted with all its data. All its sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: null,
  },
  'user.exported': {
    description: 'The user downloaded all data about the account.',
    fields: { userId: null },
    sentence: {
      en: 'Account data downloaded',
      de: 'Kontodaten heruntergeladen',
      fr: 'Données du compte téléchargées',
      es: 'Datos de la cuenta descargados',
    },
  },
  'email.verification_requested': {
    description: 'An email with a verification link was queued.',
    fields: { userId: null },
    sentence: {
      en: 'Confirmation of the email address requested',
      de: 'Bestätigung der E-Mail-Adresse angefordert',
      fr: 'Confirmation de l’adresse e-mail demandée',
      es: 'Confirmación de la dirección de correo solicitada',
    },
  },
  'email.verified': {
    description: 'The user verified the email address.',
    fields: { userId: null },
    sentence: {
      en: 'Email address confirmed',
      de: 'E-Mail-Adresse bestätigt',
      fr: 'Adresse e-mail confirmée',
      es: 'Dirección de correo confirmada',
    },
  },
  'email.change_requested': {
    description: 'The user asked for another email address. It changes when the user opens the link sent to it.',
    fields: { userId: null },
    sentence: {
      en: 'Change of email address requested',
      de: 'Änderung der E-Mail-Adresse angefordert',
      fr: 'Changement d’adresse e-mail demandé',
      es: 'Cambio de dirección de correo solicitado',
    },
  },
  'email.change_cancelled': {
    description: 'The user cancelled a change of email address before it was confirmed.',
    fields: { userId: null },
    sentence: {
      en: 'Change of email address cancelled',
      de: 'Änderung der E-Mail-Adresse abgebrochen',
      fr: 'Changement d’adresse e-mail abandonné',
      es: 'Cambio de dirección de correo cancelado',
    },
  },
  'email.changed': {
    description: 'The user confirmed the new email address, which replaces the old one.',
    fields: { userId: null },
    sentence: {
      en: 'Email address changed',
      de: 'E-Mail-Adresse geändert',
      fr: 'Adresse e-mail modifiée',
      es: 'Dirección de correo cambiada',
    },
  },
  'email.change_undone': {
    description:
      'The change was undone from the old email address. All sessions and access tokens were revoked, and the password must be reset.',
    fields: { userId: null },
    sentence: {
      en: 'Change of email address undone',
      de: 'Änderung der E-Mail-Adresse rückgängig gemacht',
      fr: 'Changement d’adresse e-mail annulé',
      es: 'Cambio de dirección de correo deshecho',
    },
  },
  'email.change_stopped': {
    description:
      'The change was stopped from the old email address before it was confirmed. All sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: {
      en: 'Change of email address stopped',
      de: 'Änderung der E-Mail-Adresse gestoppt',
      fr: 'Changement d’adresse e-mail bloqué',
      es: 'Cambio de dirección de correo detenido',
    },
  },
} as const satisfies EventTable<AccountEvent>
