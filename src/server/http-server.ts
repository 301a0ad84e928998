import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { refuseAmbiguity, toNodeHandler } from '../adapters/node.ts'
import { commonHeaders } from '../http/answer.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Latchkey } from '../latchkey.ts'

/** Limits of a connection: what a slow or greedy client may take. */
const LIMITS = {
  /** All header lines together. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  /** Refused by `refuseAmbiguity`, whose answer has our headers. */
  requireHostHeader: false,
} as const
const MAX_HEADERS = 100

const PARSER_ERRORS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}

/** The server around an instance: its routes, the way in at `/`, and the health of the process. */
export function createHttpServer(auth: Latchkey): Server {
  const server = createServer(
    LIMITS,
    toNodeHandler(auth, (request, response) => answerOutside(auth, request, response)),
  )
  server.maxHeadersCount = MAX_HEADERS
  server.on('clientError', answerParserError)
  server.on('connect', (_request, socket: Socket) => socket.end(rawAnswer(405)))
  return server
}

/** What is not under the base path. */
async function answerOutside(auth: Latchkey, request: IncomingMessage, response: ServerResponse): Promise<void> {
  refuseAmbiguity(request)
  const [path] = (request.url ?? '').split('?')
  if (path !== '/' && path !== '/health/live' && path !== '/health/ready')
    throw new Refusal('not_found', { detail: 'There is no such route.' })
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal('method_not_allowed', { allow: ['GET', 'HEAD'] })
  if (path === '/') {
    response.writeHead(303, { ...commonHeaders(false), Location: `${auth.basePath}/account` }).end()
    return
  }
  if (path === '/health/ready') await auth.ping()
  response.writeHead(200, { ...commonHeaders(false), 'Content-Type': 'application/json' }).end('{"status":"ok"}')
}

/** What the HTTP parser refuses never becomes a request; its answer carries our headers all the same. */
function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(rawAnswer(PARSER_ERRORS[error.code ?? ''] ?? 400))
}

function rawAnswer(status: number): string {
  const title = STATUS_CODES[status] ?? 'Bad Request'
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: 'The request was refused before it was read.',
    code: 'bad_request',
  })
  const headers = {
    ...commonHeaders(false),
    'Content-Type': 'application/problem+json',
    'Content-Length': String(body.length),
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
