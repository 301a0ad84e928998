import { createKeyedHash } from '../crypto/keyed-hash.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { Quota } from '../kernel/quota.ts'
import { createDevices, type Device, type Devices } from './device.ts'
import { createLimits, type Limit, type Limits } from './limits.ts'
import type { ThrottleSettings } from './settings.ts'
import type { CounterStore } from './store.ts'
import { createTurns, type Turns } from './turns.ts'

/** What limits work with. */
export interface Throttle {
  readonly store: CounterStore
  readonly limits: Limits
  readonly devices: Devices
  /** Tries at one account take turns within a process. */
  readonly turns: Turns
  readonly clock: Clock
  /** The key of a counter: it holds no address of a person or a network, and nobody else can compute it. */
  keyOf(limit: Limit, ...of: readonly string[]): string
}

/** What can be tried. Names for events; the budgets know nothing of paths. */
export type Operation =
  | 'login'
  | 'reauthenticate'
  | 'password_change'
  | 'email_verify'
  | 'email_verify_request'
  | 'password_forgot'
  | 'register'

/** Who tries, from where. */
export interface Caller {
  readonly operation: Operation
  readonly client: ClientInfo
  /** The browser, when it logged in before. */
  readonly device: Device | null
  readonly stamp: Stamp
  /** Is told what is left of the budget of the network. */
  readonly reportQuota: (quota: Quota) => void
}

/** What limits are made of. */
export interface ThrottleParts {
  readonly store: CounterStore
  readonly settings: ThrottleSettings
  /** Newest first. Another newest secret means other keys: the counters begin anew. */
  readonly secrets: readonly Uint8Array[]
  readonly clock: Clock
}

/** Puts the limits together. */
export function createThrottle({ store, settings, secrets, clock }: ThrottleParts): Throttle {
  const { hash } = createKeyedHash(secrets, 'throttle')
  return {
    store,
    clock,
    limits: createLimits(settings),
    devices: createDevices(secrets),
    turns: createTurns(settings.freeFailures),
    keyOf: ({ name }, ...of) => `${name}:${hash(...of)}`,
  }
}
