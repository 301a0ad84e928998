import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { refuseAmbiguity, toPath } from '../adapters/incoming.ts'
import { answerRefusal, toNodeHandler } from '../adapters/node.ts'
import { commonHeaders, hstsOf } from '../http/answer.ts'
import type { Latchkey } from '../instance.ts'
import { isDecodable } from '../kernel/percent-escapes.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { KernelRefusalCode } from '../kernel/refusals.ts'

/** Limits of a connection, against slow and greedy clients. */
const LIMITS = {
  /** Bytes of all header lines together. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  /** `refuseAmbiguity` refuses a missing Host header, in a response with our headers. */
  requireHostHeader: false,
} as const
const MAX_HEADERS = 100

const PARSER_ERRORS: Readonly<Record<string, KernelRefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}
const OWN_PATHS = ['/', '/health/live', '/health/ready']
/** A node trusts its cache for this long without hearing from the others. */
const LOST_TOUCH_MS = 1_000
const OWN_METHODS = ['GET', 'HEAD']

/** Options of `createHttpServer`. */
export interface HttpServerOptions {
  /** True: the HSTS header includes subdomains. Default false. */
  readonly hstsIncludeSubDomains?: boolean
  /** Returns true while the server stops; then it is not ready. Default: never. */
  readonly isDraining?: () => boolean
}

/** Dependencies of responses outside the base path. */
interface Outside {
  readonly auth: Latchkey
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly isDraining: () => boolean
}

/** Creates the server for an instance: its routes, the redirect from `/`, and the health of the process. */
export function createHttpServer(
  auth: Latchkey,
  baseUrl: string,
  { hstsIncludeSubDomains = false, isDraining = () => false }: HttpServerOptions = {},
): Server {
  const outside: Outside = { auth, baseUrl, isDraining, headers: commonHeaders(hstsOf(baseUrl, hstsIncludeSubDomains)) }
  const server = createServer(
    LIMITS,
    toNodeHandler(auth, (request, response) => answerOutside(outside, request, response)),
  )
  server.maxHeadersCount = MAX_HEADERS
  // A request that the HTTP parser rejects never reaches the handler; its response must look like all others.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const code = PARSER_ERRORS[error.code ?? ''] ?? 'bad_request'
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else void answerRaw(auth, socket, new Refusal(code))
  })
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    void answerRaw(auth, socket, new Refusal('method_not_allowed', { allow: OWN_METHODS }))
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    void answerRefusal(auth, response, new Refusal('expectation_failed'))
  })
  return server
}

/** Responds outside the base path: the redirect from `/`, and the health of the process. */
async function answerOutside(outside: Outside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { auth, headers } = outside
  refuseAmbiguity(request)
  const path = toPath(request.url)
  if (!isDecodable(path)) throw new Refusal('bad_request', { detail: 'The path has a malformed percent escape.' })
  if (!OWN_PATHS.includes(path)) throw new Refusal('not_found', { detail: 'There is no such route.' })
  if (!OWN_METHODS.includes(request.method ?? '')) throw new Refusal('method_not_allowed', { allow: OWN_METHODS })
  if (path === '/') {
    response.writeHead(303, { ...headers, Location: `${auth.basePath}/account` }).end()
    return
  }
  if (path === '/health/ready' && outside.isDraining()) return answerDraining(outside, response)
  const health = path === '/health/ready' ? await readiness(auth) : { status: 'ok' }
  response.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(health))
}

/** Answers that the server stops. It is not an error, so nothing is reported. */
function answerDraining({ auth, baseUrl, headers }: Outside, response: ServerResponse): void {
  const problem = {
    type: `${new URL(baseUrl).origin}${auth.basePath}/problems/unavailable`,
    title: 'Unavailable',
    status: 503,
    detail: 'This server is stopping.',
    code: 'unavailable',
  }
  const more = { 'Content-Type': 'application/problem+json', 'Retry-After': '1' }
  response.writeHead(503, { ...headers, ...more }).end(JSON.stringify(problem))
}

/**
 * Returns the readiness of the node: it is ready if everything that holds data responds; otherwise the refusal names
 * the cause. A node that cannot hear the others is ready as well, because it reads the storage each time; the result
 * shows this to operators.
 */
async function readiness(auth: Latchkey): Promise<{ readonly status: string; readonly cache?: string }> {
  await auth.ping()
  const isHeard = auth.stats().invalidationLagMs <= LOST_TOUCH_MS
  return isHeard ? { status: 'ok' } : { status: 'ok', cache: 'not in use: other nodes cannot be heard' }
}

/** Writes a refusal to a socket without a response object, and closes it. */
async function answerRaw(auth: Latchkey, socket: Socket, refusal: Refusal): Promise<void> {
  const answer = auth.toResponse(refusal)
  const body = Buffer.from(await answer.arrayBuffer())
  answer.headers.set('Content-Length', String(body.byteLength))
  answer.headers.set('Connection', 'close')
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`)
  const statusLine = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`
  socket.end(Buffer.concat([Buffer.from(`${[statusLine, ...lines].join('\r\n')}\r\n\r\n`), body]))
}
