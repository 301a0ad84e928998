import { randomUUID } from 'node:crypto'
import type { Credentials } from '../authentication/credentials.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Connection } from '../kernel/connection.ts'
import type { Stamp } from '../kernel/event.ts'
import type { Origins } from '../kernel/origins.ts'
import type { Authenticated, ClientInfo, ClientPrincipal } from '../kernel/principal.ts'
import type { Quota } from '../kernel/quota.ts'
import type { Route } from '../kernel/route.ts'
import { commonHeaders } from './answer.ts'
import type { ClientAddress } from './client-address.ts'
import { addCorsHeaders } from './cross-origin.ts'
import { addQuotaHeaders } from './quota-headers.ts'

/** Dependencies of `openExchange`. */
export interface ExchangeDeps {
  readonly clock: Clock
  readonly origins: Origins
  readonly clientAddress: ClientAddress
  /** Value of Strict-Transport-Security; null: the header is not sent. */
  readonly hsts: string | null
}

/** The state of a request while it is handled. */
export interface Exchange {
  readonly request: Request
  readonly connection: Connection
  readonly requestId: string
  readonly client: ClientInfo
  readonly stamp: Stamp
  route: Route | null
  /** The credentials of the request; null until they are read. */
  credentials: Credentials | null
  /** The result of authentication; null if the credentials prove nothing. */
  found: Authenticated | null
  /** The app that acts for itself, without a user; null for everybody else. */
  app: ClientPrincipal | null
  /** True if the app keeps no cookies: its session tokens travel in headers. */
  isCookieless: boolean
  form: { readonly fields: ReadonlyMap<string, string>; readonly next: string | null } | null
  quota: Quota | null
}

const MAX_USER_AGENT = 256

/** Creates the state for a new request. */
export function openExchange(deps: ExchangeDeps, request: Request, connection: Connection): Exchange {
  const requestId = randomUUID()
  const forwardedFor = request.headers.get('x-forwarded-for')
  const client: ClientInfo = {
    ip: deps.clientAddress(connection.remoteAddress ?? null, forwardedFor),
    userAgent: cleanUserAgent(request.headers.get('user-agent')),
  }
  const exchange: Exchange = {
    request,
    connection,
    requestId,
    client,
    stamp: (event) => {
      const actor = exchange.found?.principal.user.id ?? null
      return { ...event, at: deps.clock(), actor, requestId, client }
    },
    route: null,
    credentials: null,
    found: null,
    app: null,
    isCookieless: false,
    form: null,
    quota: null,
  }
  return exchange
}

/** Returns the headers that every answer to the request has. */
export function newHeaders(deps: ExchangeDeps, { request, requestId, quota }: Exchange): Headers {
  const headers = new Headers(commonHeaders(deps.hsts))
  headers.set('X-Request-Id', requestId)
  addCorsHeaders(headers, request.headers, deps.origins)
  if (quota !== null) addQuotaHeaders(headers, quota)
  return headers
}

function cleanUserAgent(header: string | null): string | null {
  return header === null ? null : header.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, MAX_USER_AGENT)
}
