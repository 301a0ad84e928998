import type { EventTable } from '../kernel/event.ts'

/** Events about factors. */
export type FactorEvent =
  | { readonly type: 'factor.enrolled' | 'factor.removed'; readonly userId: string; readonly method: string }
  | { readonly type: 'email_code.requested'; readonly userId: string | null }
  | { readonly type: 'account.claimed'; readonly userId: string }
  | { readonly type: 'recovery_codes.created'; readonly userId: string }
  | { readonly type: 'recovery_code.used'; readonly userId: string; readonly left: number }
  | { readonly type: 'passkey.counter_regressed'; readonly userId: string; readonly passkeyId: string }
  | { readonly type: 'device.remembered' | 'device.forgotten'; readonly userId: string; readonly deviceId: string }

/** Descriptions of the factor events, for the documentation and the account page. */
export const FACTOR_EVENTS = {
  'factor.enrolled': {
    description: 'The user set up a second factor. The next login with a password asks for it.',
    fields: { userId: null, method: '`totp` or `passkey`' },
    sentence: {
      en: 'Second factor set up',
      de: 'Zweiter Faktor eingerichtet',
      fr: 'Second facteur configuré',
      es: 'Segundo factor configurado',
    },
  },
  'factor.removed': {
    description: 'The user or an administrator removed a second factor.',
    fields: { userId: null, method: '`totp` or `passkey`' },
    sentence: {
      en: 'Second factor removed',
      de: 'Zweiter Faktor entfernt',
      fr: 'Second facteur retiré',
      es: 'Segundo factor eliminado',
    },
  },
  'recovery_codes.created': {
    description: 'The user created new recovery codes. The previous ones no longer work.',
    fields: { userId: null },
    sentence: {
      en: 'New recovery codes created',
      de: 'Neue Wiederherstellungscodes erstellt',
      fr: 'Nouveaux codes de secours créés',
      es: 'Nuevos códigos de recuperación creados',
    },
  },
  'recovery_code.used': {
    description: 'A recovery code completed a login. It does not work again.',
    fields: { userId: null, left: 'the number of codes that are left' },
    sentence: {
      en: 'Recovery code used',
      de: 'Wiederherstellungscode benutzt',
      fr: 'Code de secours utilisé',
      es: 'Código de recuperación usado',
    },
  },
  'passkey.counter_regressed': {
    description:
      'The counter of a passkey did not increase, so it may have been copied. The login was refused. Synced passkeys have no counter.',
    fields: { userId: null, passkeyId: null },
    sentence: {
      en: 'Passkey refused: it may have been copied',
      de: 'Passkey abgelehnt: Er wurde möglicherweise kopiert',
      fr: 'Clé d’accès refusée : elle a peut-être été copiée',
      es: 'Llave de acceso rechazada: puede que la hayan copiado',
    },
  },
  'device.remembered': {
    description: 'The user asked not to be asked for a second factor on this browser.',
    fields: { userId: null, deviceId: null },
    sentence: {
      en: 'Device remembered',
      de: 'Gerät gespeichert',
      fr: 'Appareil mémorisé',
      es: 'Dispositivo recordado',
    },
  },
  'device.forgotten': {
    description: 'The user removed a remembered device. Its next login asks for a second factor again.',
    fields: { userId: null, deviceId: null },
    sentence: {
      en: 'Remembered device removed',
      de: 'Gespeichertes Gerät entfernt',
      fr: 'Appareil mémorisé retiré',
      es: 'Dispositivo recordado eliminado',
    },
  },
  'email_code.requested': {
    description: 'A code and a link to log in, or to confirm an identity, were requested by email.',
    fields: { userId: 'null if the email address has no account, or one that is disabled' },
    sentence: {
      en: 'Login code requested',
      de: 'Anmeldecode angefordert',
      fr: 'Code de connexion demandé',
      es: 'Código de inicio de sesión solicitado',
    },
  },
  'account.claimed': {
    description:
      'The owner of an email address, proven by an email or a provider, took over an account whose address was never verified. The address is verified, and the password, sessions, tokens, factors and identities from before are gone.',
    fields: { userId: null },
    sentence: {
      en: 'Account claimed by the owner of the email address',
      de: 'Konto vom Inhaber der E-Mail-Adresse übernommen',
      fr: 'Compte repris par le titulaire de l’adresse e-mail',
      es: 'Cuenta recuperada por el titular de la dirección de correo',
    },
  },
} as const satisfies EventTable<FactorEvent>
