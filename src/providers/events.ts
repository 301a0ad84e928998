import type { EventTable } from '../kernel/event.ts'

/** Events about identities. */
export type IdentityEvent = {
  readonly type: 'identity.linked' | 'identity.unlinked'
  readonly userId: string
  readonly identityId: string
  readonly provider: string
}

/** Descriptions of the events about identities, for the documentation and the account page. */
export const IDENTITY_EVENTS = {
  'identity.linked': {
    description: 'An account at a provider was linked to the user. It can log in now.',
    fields: { userId: null, identityId: null, provider: 'the id of the provider, such as `google`' },
    sentence: {
      en: 'Login with another service linked',
      de: 'Anmeldung über einen anderen Dienst verknüpft',
      fr: 'Connexion par un autre service associée',
      es: 'Inicio de sesión con otro servicio vinculado',
    },
  },
  'identity.unlinked': {
    description: 'An account at a provider was unlinked from the user. It cannot log in anymore.',
    fields: { userId: null, identityId: null, provider: 'the id of the provider, such as `google`' },
    sentence: {
      en: 'Login with another service removed',
      de: 'Anmeldung über einen anderen Dienst entfernt',
      fr: 'Connexion par un autre service supprimée',
      es: 'Inicio de sesión con otro servicio eliminado',
    },
  },
} as const satisfies EventTable<IdentityEvent>
