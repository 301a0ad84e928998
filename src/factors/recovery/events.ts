import type { EventTable } from '../../kernel/event.ts'

/** Events about removals of factors that wait. */
export type RecoveryEvent =
  | { readonly type: 'recovery.requested' | 'recovery.cancelled' | 'recovery.completed'; readonly userId: string }
  | { readonly type: 'factor.removal_requested'; readonly userId: string; readonly method: string }

/** Descriptions of the events, for the documentation and the account page. */
export const RECOVERY_EVENTS = {
  'recovery.requested': {
    description:
      'A login without its second factor asked to remove all second factors. After 72 hours, the password is enough to do that.',
    fields: { userId: null },
    sentence: {
      en: 'Recovery without the second factor requested',
      de: 'Wiederherstellung ohne zweiten Faktor angefordert',
      fr: 'Récupération sans second facteur demandée',
      es: 'Recuperación sin segundo factor solicitada',
    },
  },
  'factor.removal_requested': {
    description: 'An administrator asked to remove a second factor. It is removed after 72 hours.',
    fields: { userId: null, method: '`totp`, `passkey` or `recovery_code`' },
    sentence: {
      en: 'Removal of a second factor announced',
      de: 'Entfernen eines zweiten Faktors angekündigt',
      fr: 'Retrait d’un second facteur annoncé',
      es: 'Eliminación de un segundo factor anunciada',
    },
  },
  'recovery.cancelled': {
    description: 'The user cancelled a recovery, or the removal of a second factor by an administrator.',
    fields: { userId: null },
    sentence: {
      en: 'Recovery cancelled',
      de: 'Wiederherstellung abgebrochen',
      fr: 'Récupération annulée',
      es: 'Recuperación cancelada',
    },
  },
  'recovery.completed': {
    description: 'A login removed all second factors, 72 hours or more after it was requested.',
    fields: { userId: null },
    sentence: {
      en: 'Second factors removed by a recovery',
      de: 'Zweite Faktoren durch Wiederherstellung entfernt',
      fr: 'Seconds facteurs retirés par une récupération',
      es: 'Segundos factores eliminados por una recuperación',
    },
  },
} as const satisfies EventTable<RecoveryEvent>
