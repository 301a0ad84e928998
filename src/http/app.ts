import { Hono } from 'hono'
import { headerReader } from '../authentication/any-request.ts'
import type { Connection } from '../kernel/connection.ts'
import { isDecodable } from '../kernel/percent-escapes.ts'
import { Refusal } from '../kernel/refusal.ts'
import { runInLanguage } from '../kernel/request-language.ts'
import type { Answer, Route } from '../kernel/route.ts'
import { refuseTransferCoding } from '../kernel/transfer-coding.ts'
import type { AppDeps } from './app-deps.ts'
import { authenticate } from './authenticate-request.ts'
import { addPreflightHeaders } from './cross-origin.ts'
import { type Exchange, newHeaders, openExchange } from './exchange.ts'
import { finish } from './finish.ts'
import { refuse } from './refuse.ts'
import { refuseMisdirected } from './refuse-misdirected.ts'
import { pageRequest } from './route-request.ts'
import { serve } from './serve.ts'
import {
  allowProgramHeaders,
  isForPrograms,
  isProtocol,
  openToAllOrigins,
  type ProtocolRoute,
  serveProtocol,
} from './serve-protocol.ts'

/** Builds the application from all routes, once. Throws an Error if a path is registered twice. */
export function createApp(deps: AppDeps): (request: Request, connection?: Connection) => Promise<Response> {
  const router = createRouter(deps)
  return async (request, connection = {}) => {
    const startedAt = performance.now()
    const exchange = openExchange(deps, request, connection)
    const routeOf = (): string | null => (exchange.route === null ? null : pathOf(deps, exchange.route))
    const language = () => deps.pages.language(pageRequest(deps, request))
    const answer = () => deps.tracer.request(request.method, () => router(exchange), routeOf)
    const response = await runInLanguage(language, answer)
    const { status } = response
    const durationMs = performance.now() - startedAt
    deps.onRequest({ requestId: exchange.requestId, method: request.method, route: routeOf(), status, durationMs })
    return response
  }
}

function createRouter(deps: AppDeps): (exchange: Exchange) => Promise<Response> {
  const app = new Hono<{ Bindings: Exchange }>({ strict: false }) // a slash at the end changes nothing
  const methodsByPath = new Map<string, string[]>()
  const open = new Set<string>() // paths that programs call from pages of any origin
  for (const route of deps.routes) {
    const path = pathOf(deps, route).replaceAll(/\{(\w+)\}/g, ':$1')
    if (isForPrograms(route)) open.add(path)
    const methods = methodsByPath.get(path) ?? []
    if (methods.includes(route.method)) throw new Error(`${route.method} ${route.path} is registered twice`)
    methodsByPath.set(path, [...methods, route.method, ...(route.method === 'GET' ? ['HEAD'] : [])])
    app.on(route.method, path, async ({ env: exchange, req }) => {
      exchange.route = route
      const answer = isProtocol(route)
        ? await enterProtocol(deps, exchange, route)
        : await serve(deps, exchange, route, req.param())
      return finish(deps, exchange, answer)
    })
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, ({ env: exchange }) => {
      const allow = [...methods, 'OPTIONS']
      if (exchange.request.method === 'OPTIONS') return answerOptions(deps, exchange, { allow, isOpen: open.has(path) })
      throw new Refusal('method_not_allowed', { detail: `This path takes ${allow.join(', ')}.`, allow })
    })
  }
  app.notFound(() => {
    throw new Refusal('not_found', { detail: 'There is no such route.' })
  })
  app.onError((error, { env: exchange }) => refuse(deps, exchange, error))
  return async (exchange) => {
    try {
      refuseMalformedPath(exchange.request)
      refuseTransferCoding(exchange.request.headers.get('transfer-encoding'))
      return await app.fetch(exchange.request, exchange)
    } catch (error) {
      return refuse(deps, exchange, error)
    }
  }
}

/** Returns the path of a route as requests have it. */
function pathOf({ links }: AppDeps, { path, isAtRoot }: Route): string {
  return isAtRoot === true ? path : `${links.basePath}${path}`
}

/** Answers a request of another protocol. Cookies count only on endpoints for browsers. */
async function enterProtocol(deps: AppDeps, exchange: Exchange, route: ProtocolRoute): Promise<Answer> {
  refuseMisdirected(headerReader(exchange.request), deps.origins.own)
  if (route.protocol.isForBrowsers === true) await authenticate(deps, exchange)
  return serveProtocol(exchange, route)
}

function answerOptions(
  deps: AppDeps,
  exchange: Exchange,
  { allow, isOpen }: { readonly allow: readonly string[]; readonly isOpen: boolean },
): Response {
  const headers = newHeaders(deps, exchange)
  headers.set('Allow', allow.join(', '))
  if (isOpen) {
    openToAllOrigins(headers)
    allowProgramHeaders(headers)
  } else if (headers.has('Access-Control-Allow-Origin')) addPreflightHeaders(headers, exchange.request.headers)
  return new Response(null, { status: 204, headers })
}

function refuseMalformedPath(request: Request): void {
  if (isDecodable(new URL(request.url).pathname)) return
  throw new Refusal('bad_request', { detail: 'The path has a malformed percent escape.' })
}
