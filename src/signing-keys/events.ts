import type { EventTable } from '../kernel/event.ts'

/** Events about the keys that sign. */
export interface SigningKeyEvent {
  readonly type: 'signing_keys.rotated'
  readonly userId: null
}

/** Descriptions of the events about keys, for the documentation. */
export const SIGNING_KEY_EVENTS = {
  'signing_keys.rotated': {
    description:
      'An operator or the application rotated the keys that sign ID tokens, JWT access tokens and identities.',
    fields: { userId: 'always null' },
    sentence: null,
  },
} as const satisfies EventTable<SigningKeyEvent>
