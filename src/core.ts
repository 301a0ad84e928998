import type { Clock } from './kernel/clock.ts'
import { type CookieFactory, createCookieFactory } from './kernel/cookie.ts'
import type { Stamp } from './kernel/event.ts'
import { createLinks, type Links } from './kernel/links.ts'
import type { Origins } from './kernel/origins.ts'
import type { Outbox } from './kernel/outbox.ts'
import type { CompleteOptions } from './options/options.ts'
import type { Stores } from './storage/storage.ts'
import { createThrottle, type Throttle } from './throttle/throttle.ts'

/** Dependencies that every feature may use. */
export interface Core {
  readonly clock: Clock
  /** Stamps events without a request: events of jobs and server-side calls. */
  readonly stamp: Stamp
  readonly origins: Origins
  /** Secrets that keys are derived from, newest first. */
  readonly secrets: readonly Uint8Array[]
  readonly cookies: CookieFactory
  readonly links: Links
  /** Writes emails, which are stored in the transaction that causes them. */
  readonly outbox: Outbox
  readonly stores: Stores
  /** Limits the number of attempts. */
  readonly throttle: Throttle
  /** Reports an error of background work. */
  readonly report: (error: unknown) => void
}

/** Dependencies of `createCore` besides the options. */
export interface CoreParts {
  readonly stores: Stores
  readonly secrets: readonly Uint8Array[]
  readonly outbox: Outbox
  readonly report: (error: unknown) => void
  /** Processes of the same server. Default 1. */
  readonly processes?: number | undefined
}

/** Creates the core of an instance. */
export function createCore(options: CompleteOptions, { stores, secrets, outbox, report, processes }: CoreParts): Core {
  const { clock, actor, basePath } = options
  const baseUrl = new URL(options.baseUrl)
  return {
    clock,
    stamp: (event) => ({ ...event, at: clock(), actor, requestId: null, client: null }),
    origins: { own: baseUrl.origin, trusted: new Set(options.trustedOrigins) },
    secrets,
    cookies: createCookieFactory({ baseUrl, domain: options.cookie.domain }, options.cookie.name),
    links: createLinks(baseUrl.origin, basePath),
    outbox,
    stores,
    throttle: createThrottle({ store: stores.counters, settings: options.throttle, secrets, clock, report, processes }),
    report,
  }
}
