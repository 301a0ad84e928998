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

/** Counters and limits of attempts, and everything that they need. */
export interface Throttle {
  readonly store: CounterStore
  readonly limits: Limits
  readonly devices: Devices
  /** Limits the attempts at one account that this process checks at the same time. */
  readonly turns: Turns
  readonly clock: Clock
  /** Returns the key of a counter. It reveals no email address and no IP address, and only we can compute it. */
  keyOf(limit: Limit, ...of: readonly string[]): string
}

/** Names of operations that are limited, for events. */
export type Operation =
  | 'login'
  | 'reauthenticate'
  | 'password_change'
  | 'email_verify'
  | 'email_verify_request'
  | 'email_change_confirm'
  | 'password_forgot'
  | 'register'

/** The origin of an attempt: operation, client and browser. */
export interface Caller {
  readonly operation: Operation
  readonly client: ClientInfo
  /** The browser, if it logged in before. */
  readonly device: Device | null
  readonly stamp: Stamp
  /** Receives the rest of the budget of the network. */
  readonly reportQuota: (quota: Quota) => void
}

/** Dependencies of `createThrottle`. */
export interface ThrottleParts {
  readonly store: CounterStore
  readonly settings: ThrottleSettings
  /** Newest first. The newest secret makes the keys, so a new one resets all counters. */
  readonly secrets: readonly Uint8Array[]
  readonly clock: Clock
}

/** Creates the throttle of an instance. */
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
