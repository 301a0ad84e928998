/*
 * Calls a listener of `node:http` without a connection: a request and a response over a stream that leads nowhere. The host and
 * the scheme are those of the base URL, never those of the request.
 */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** A request for the engine. */
export interface BridgedRequest {
  readonly method: string
  /** Path below the base path, with the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The answer of the engine. */
export interface BridgedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer<ArrayBuffer>
}

/** Where the engine believes to be. */
export interface BridgePlace {
  readonly origin: URL
  readonly basePath: string
}

/** Calls the listener and waits for the whole answer. Cookies that it sets are dropped. */
export function callListener(
  listener: RequestListener,
  { origin, basePath }: BridgePlace,
  { method, path, headers, body }: BridgedRequest,
): Promise<BridgedResponse> {
  const socket = Object.assign(new Socket(), { encrypted: origin.protocol === 'https:' })
  const incoming = Object.assign(new IncomingMessage(socket), { originalUrl: `${basePath}${path}` })
  incoming.method = method
  incoming.url = path
  const length = BODILESS.has(method) ? {} : { 'content-length': String(body.byteLength) }
  incoming.headers = { ...headers, ...length, host: origin.host }
  incoming.push(body)
  incoming.push(null)
  const response = new ServerResponse(incoming)
  const chunks: Buffer[] = []
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk))
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  return new Promise((resolve) => {
    response.write = (chunk: unknown) => {
      keep(chunk)
      return true
    }
    response.end = (chunk?: unknown) => {
      keep(chunk)
      socket.destroy()
      resolve({ status: response.statusCode, headers: headersOf(response), body: Buffer.concat(chunks) })
      return response
    }
    listener(incoming, response)
  })
}

/** The engine takes an empty form for one if it has a length. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS'])
const DROPPED = new Set(['set-cookie', 'content-length', 'date', 'connection', 'transfer-encoding'])

function headersOf(response: ServerResponse): Record<string, string> {
  const entries = Object.entries(response.getHeaders()).filter(([name]) => !DROPPED.has(name))
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
