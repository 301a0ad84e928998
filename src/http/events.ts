import type { EventTable } from '../kernel/event.ts'

/** Events about refused requests. They go to `onEvent` and are not stored: a caller can cause any number of them. */
export type HttpEvent =
  | { readonly type: 'attempt.throttled'; readonly userId: string | null; readonly operation: string }
  | {
      readonly type: 'request.refused'
      readonly userId: string | null
      readonly call: string | null
      readonly code: string
      readonly reason: string
    }

/** Codes of the refusals that `request.refused` reports: refused authorization and attacks on a control (ASVS 16.3.2, 16.3.3). */
export const REPORTED_REFUSALS: ReadonlySet<string> = new Set([
  'cross_origin',
  'two_credentials',
  'cookie_required',
  'insufficient_scope',
  'reauthentication_required',
  'overloaded',
])

/** Descriptions of the request events, for the documentation. */
export const HTTP_EVENTS = {
  'attempt.throttled': {
    description: 'An attempt was answered with 429, before anything was checked. Not stored.',
    fields: {
      userId: 'the account, or null if none is known',
      operation: '`login`, `reauthenticate`, `password_change`, `register`, …',
    },
    sentence: null,
  },
  'request.refused': {
    description: 'A request was refused for a reason that can be an attack. Not stored.',
    fields: {
      userId: 'the logged-in user, or null',
      call: 'the `operationId` of the route (`logIn`, `register`, …), or null without a route',
      code: [...REPORTED_REFUSALS].map((code) => `\`${code}\``).join(', '),
      reason: null,
    },
    sentence: null,
  },
} as const satisfies EventTable<HttpEvent>
