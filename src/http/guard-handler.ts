import { Socket } from 'node:net'
import { z } from 'zod'
import type { Connection } from '../kernel/connection.ts'

type Handler = (request: Request, connection?: Connection) => Promise<Response>

const WRONG_CALL =
  'handler(request, connection): the request must be a Request (for an IncomingMessage of node:http use toNodeHandler of ' +
  'latchkey/node), and the connection must be absent, { remoteAddress } with the IP address as text, or the socket'
const connectionSchema = z.strictObject({ remoteAddress: z.string().nullish() }).optional()

/**
 * Wraps the handler: a call with wrong arguments is answered as a bug. Without their addresses, all clients would share one
 * budget of attempts, so a misspelt `remoteAddress` is a wrong call.
 * @param toResponse reports the error and returns the answer.
 */
export function guardHandler(handler: Handler, toResponse: (error: unknown) => Response): Handler {
  return async (request, connection) => {
    if (isRequest(request) && isConnection(connection)) return handler(request, connection)
    return toResponse(new TypeError(WRONG_CALL))
  }
}

/** Returns true for a Request of any realm. */
function isRequest(request: Partial<Request> | null | undefined): boolean {
  return typeof request?.url === 'string' && typeof request.headers?.get === 'function'
}

function isConnection(connection: Connection | undefined): boolean {
  return connection instanceof Socket || connectionSchema.safeParse(connection).success
}
