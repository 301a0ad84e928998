import { createKeyedHash } from '../crypto/keyed-hash.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Stamp } from '../kernel/event.ts'
import type { ClientInfo } from '../kernel/principal.ts'
import type { Quota } from '../kernel/quota.ts'
import { Warning } from '../kernel/warning.ts'
import { createDevices, type Device, type Devices } from './device.ts'
import { createHashCounts, type HashCounts } from './hash-counts.ts'
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
  /** Counts the password hashes of this process. */
  readonly hashes: HashCounts
  readonly clock: Clock
  /**
   * Tells the operator, once, that clients have no IP address.
   * @param cause is reported instead, also if it comes later.
   */
  reportUnknownNetwork(cause?: Warning): void
  /** Returns the key of a counter. It reveals no email address and no IP address, and only we can compute it. */
  keyOf(limit: Limit, ...of: readonly string[]): string
}

/** Names of operations that are limited, for events. */
export type Operation =
  | 'login'
  | 'email_login'
  | 'reauthenticate'
  | 'password_change'
  | 'email_verify'
  | 'email_verify_request'
  | 'email_change_confirm'
  | 'password_forgot'
  | 'password_reset'
  | 'register'
  | 'user_rename'
  | 'token_create'
  | 'factor_change'
  | 'passkey_options'
  | 'recovery'
  | 'identity_link'
  | 'device_code'
  | 'oauth'
  | 'user_export'

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
  /** Reports a wrong setup to the operator. */
  readonly report: (error: unknown) => void
  /** Processes of the same server, which share the attempts at an account. Default 1. */
  readonly processes?: number | undefined
}

/** Nodes that may check attempts at one account at the same moment. They do not know of each other. */
const NODES = 2

const NO_ADDRESS =
  'A client has no IP address, so all such clients share the limits of one network, which are a thousand times as high. Pass the address of the socket to the handler, or set trustProxy if a proxy is in front.'

/** Creates the throttle of an instance. */
export function createThrottle(parts: ThrottleParts): Throttle {
  const { store, settings, secrets, clock, report, processes = 1 } = parts
  const { hash } = createKeyedHash(secrets, 'throttle')
  const limits = createLimits(settings, processes)
  let isReported = false
  return {
    store,
    clock,
    limits,
    devices: createDevices(secrets),
    // Together at most one less than the failures before a wait: right passwords at the same moment, each counted until it is
    // checked, cause none.
    turns: createTurns(Math.max(1, Math.floor((limits.account.freeTries - 1) / (processes * NODES)))),
    hashes: createHashCounts(clock),
    reportUnknownNetwork(cause) {
      if (cause !== undefined || !isReported) report(cause ?? new Warning(NO_ADDRESS))
      isReported = true
    },
    keyOf: ({ name }, ...of) => `${name}:${hash(...of)}`,
  }
}
