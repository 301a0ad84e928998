import { MAX_COOKIES, readCookies } from '../kernel/cookie-syntax.ts'
import type { Authenticated, Principal } from '../kernel/principal.ts'
import type { Route, RouteRequest } from '../kernel/route.ts'
import type { PageRequest } from '../pages/pages.ts'
import type { AppDeps } from './app-deps.ts'
import type { Exchange } from './exchange.ts'
import { keptOf } from './form-answer.ts'
import { isLocalRequest } from './is-local-request.ts'
import { prefersHtml } from './prefers-html.ts'

/** Builds the request that the route receives. */
export function toCall(
  deps: AppDeps,
  exchange: Exchange,
  { route, params, body }: Pick<RouteRequest, 'params' | 'body'> & { readonly route: Route },
): RouteRequest {
  const { request, client, stamp, found } = exchange
  return {
    ...pageRequest(deps, request),
    body,
    params,
    queryAll: () => queryAll(request),
    isHead: request.method === 'HEAD',
    principal: principalFor(route, found),
    // A function, because a getter would make each of these objects slow.
    sessionToken: () => found?.token ?? null,
    client,
    isCookieless: exchange.isCookieless,
    form: exchange.form === null ? null : keptOf(exchange.form),
    wantsHtml: () => prefersHtml(request.headers.get('accept')),
    isLocal: () => isLocalRequest(request, exchange.connection),
    stamp,
    reportQuota: (quota) => {
      exchange.quota = quota
    },
  }
}

/**
 * Returns the principal for a route. A route with access `anyone` sees sessions only: an access token neither logs in
 * nor logs out.
 */
export function principalFor({ access }: Route, found: Authenticated | null): Principal | null {
  if (found === null) return null
  return access === 'anyone' && found.principal.kind !== 'session' ? null : found.principal
}

/** Returns the part of a request that pages read. */
export function pageRequest(deps: AppDeps, request: Request): PageRequest {
  return {
    query: Object.fromEntries([...new URL(request.url).searchParams].toReversed()),
    cookies: (suffix) => cookieValues(request, deps.cookies.name(suffix)),
    header: (name) => request.headers.get(name),
  }
}

function queryAll(request: Request): Readonly<Record<string, readonly string[]>> {
  const byName = Map.groupBy(new URL(request.url).searchParams, ([name]) => name)
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, value]) => value)]))
}

function cookieValues(request: Request, name: string): readonly string[] {
  return readCookies(request.headers.get('cookie') ?? '', name).slice(0, MAX_COOKIES)
}
