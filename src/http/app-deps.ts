import type { Authentication } from '../authentication/authentication.ts'
import type { RequestRecord } from '../kernel/connection.ts'
import type { CookieFactory } from '../kernel/cookie.ts'
import type { StampedEvent } from '../kernel/event.ts'
import type { Links } from '../kernel/links.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Route } from '../kernel/route.ts'
import type { Pages } from '../pages/pages.ts'
import type { ExchangeDeps } from './exchange.ts'
import type { RefusalContext } from './refusal-response.ts'
import type { Tracer } from './tracer.ts'

/** Dependencies of `createApp`. */
export interface AppDeps extends ExchangeDeps {
  readonly routes: readonly Route[]
  readonly links: Links
  readonly cookies: CookieFactory
  readonly pages: Pages
  readonly authentication: Authentication
  readonly tracer: Tracer
  readonly refusalContext: RefusalContext
  readonly onEvent: (event: StampedEvent) => void
  readonly onError: (error: unknown, requestId: string) => void
  readonly onRequest: (record: RequestRecord) => void
  /** Receives every refusal `misdirected`, which shows a wrong base URL. */
  readonly onMisdirected: (refusal: Refusal, requestId: string) => void
}
