import type { EventTable } from '../kernel/event.ts'

/** Events about factors. */
export type FactorEvent =
  | { readonly type: 'factor.enrolled' | 'factor.removed'; readonly userId: string; readonly method: string }
  | { readonly type: 'recovery_codes.created'; readonly userId: string }
  | { readonly type: 'recovery_code.used'; readonly userId: string; readonly left: number }
  | { readonly type: 'device.remembered' | 'device.forgotten'; readonly userId: string; readonly deviceId: string }

/** Descriptions of the factor events, for the documentation and the account page. */
export const FACTOR_EVENTS = {
  'factor.enrolled': {
    description: 'The user set up a second factor. The next login asks for it.',
    fields: { userId: null, method: '`totp`' },
    sentence: 'Second factor set up',
  },
  'factor.removed': {
    description: 'The user or an administrator removed a second factor.',
    fields: { userId: null, method: '`totp`' },
    sentence: 'Second factor removed',
  },
  'recovery_codes.created': {
    description: 'The user created new recovery codes. The previous ones no longer work.',
    fields: { userId: null },
    sentence: 'New recovery codes created',
  },
  'recovery_code.used': {
    description: 'A recovery code completed a login. It does not work again.',
    fields: { userId: null, left: 'the number of codes that are left' },
    sentence: 'Recovery code used',
  },
  'device.remembered': {
    description: 'The user asked not to be asked for a second factor on this browser.',
    fields: { userId: null, deviceId: null },
    sentence: 'Device remembered',
  },
  'device.forgotten': {
    description: 'The user removed a remembered device. Its next login asks for a second factor again.',
    fields: { userId: null, deviceId: null },
    sentence: 'Remembered device removed',
  },
} as const satisfies EventTable<FactorEvent>
