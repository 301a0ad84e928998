/*
 * Latchkey in a `node:http` server. Latchkey responds to requests under the base path; all others go to the application
 * unchanged.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { getRequestListener, type HttpBindings, RequestError } from '@hono/node-server'
import type { Latchkey } from '../instance.ts'
import { ConfigurationError } from '../kernel/configuration-error.ts'
import { Refusal } from '../kernel/refusal.ts'
import { isForLatchkey, refuseAmbiguity, setTarget } from './incoming.ts'
import { requireInstance } from './require-instance.ts'

/** A request listener for `createServer` of `node:http`, `node:https` and `node:http2`. */
export type NodeHandler = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void

/**
 * The application behind Latchkey. Errors that it throws become responses: a refusal as problem details, a bug as 500.
 */
export type NodeApplication = (request: IncomingMessage, response: ServerResponse) => unknown

/** Stands for the host of an HTTP/1.0 request without one (RFC 9112 section 3.2). It must not be a name of this machine. */
const NO_HOST = 'host.invalid'
/** Methods with a body that Latchkey has routes for. */
const METHODS_WITH_BODY = new Set(['POST', 'PATCH'])

/**
 * Joins Latchkey and an application into one listener for `node:http`.
 * @param application receives requests outside `auth.basePath`. Default: 404 for all of them.
 * @throws ConfigurationError if an argument is wrong.
 */
export function toNodeHandler(auth: Latchkey, application?: NodeApplication): NodeHandler {
  requireInstance('toNodeHandler', auth)
  if (application !== undefined && typeof application !== 'function') {
    throw new ConfigurationError('toNodeHandler: application must be a function: (request, response) => { ... }')
  }
  const toApplication = application ?? refuseUnknownPath
  const toLatchkey = createNodeEntry(auth)
  return (...exchange) => {
    const [request, response] = exchange as [IncomingMessage, ServerResponse] // HTTP/2 has the members that we use
    if (isForLatchkey(request.url, auth)) {
      setTarget(request, request.url)
      void toLatchkey(request, response)
      return
    }
    try {
      const handled = toApplication(request, response)
      if (handled instanceof Promise) handled.catch((error: unknown) => answerRefusal(auth, response, error))
    } catch (error) {
      void answerRefusal(auth, response, error)
    }
  }
}

/** Creates the function that responds to requests under the base path, for all adapters. It never rejects. */
export function createNodeEntry(auth: Latchkey): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const listener = getRequestListener(
    (request, env) => auth.handler(request, { remoteAddress: (env as HttpBindings).incoming.socket.remoteAddress }),
    {
      overrideGlobalObjects: false,
      hostname: NO_HOST,
      errorHandler: (error) => auth.toResponse(error instanceof RequestError ? new Refusal('bad_request') : error),
    },
  )
  return async (request, response) => {
    try {
      refuseAmbiguity(request)
      refuseReadBody(request)
      await listener(request, response)
    } catch (error) {
      await answerRefusal(auth, response, error)
    }
  }
}

/** Responds with a thrown error: a refusal as problem details, any other error as a 500 without details. */
export async function answerRefusal(auth: Latchkey, response: ServerResponse, error: unknown): Promise<void> {
  const answer = auth.toResponse(error)
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}

/**
 * Throws an Error if the body was already read, unless its bytes are in `rawBody`. The result of a parser is not
 * enough: it has lost duplicate members and invalid UTF-8.
 */
function refuseReadBody(request: IncomingMessage & { readonly rawBody?: unknown }): void {
  if (!request.readableDidRead || !METHODS_WITH_BODY.has(request.method ?? '')) return
  if (Buffer.isBuffer(request.rawBody)) return
  throw new Error(
    'The body of a request to Latchkey was read before Latchkey saw it. Put Latchkey before body parsers, or keep the bytes in request.rawBody.',
  )
}

function refuseUnknownPath(): never {
  throw new Refusal('not_found', { detail: 'There is no such route.' })
}
