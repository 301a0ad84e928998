/*
 * Stops a server without cutting a request. It continues to accept for a while, because load balancers need time to notice that
 * it is not ready. Every answer closes its connection. Then it stops listening, and closes connections that wait for nothing.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'

/** How a server stops. */
export interface Drain {
  /** True after `run` was called. */
  isDraining(): boolean
  /**
   * Stops the server. Resolves when all connections are closed; the last ones are cut 10 seconds after it stopped listening.
   * @param acceptMs time for which it continues to accept connections, in milliseconds.
   */
  run(acceptMs: number): Promise<void>
}

/** What is known about a connection. */
interface Connection {
  /** Responses in progress. */
  readonly open: Set<ServerResponse>
  /** Bytes that had arrived when the last response ended; null before the first one. */
  bytesAnswered: number | null
}

/** A connection without a request yet gets this long to send one. */
const FIRST_REQUEST_MS = 1_000
const HARD_STOP_MS = 10_000
const LOOK_EVERY_MS = 20
/** Turns of the event loop without a new connection, after which none waits to be accepted. One is accepted in a turn. */
const QUIET_TURNS = 5
/** While clients connect without an end, the listener closes all the same. */
const ACCEPT_ALL_MS = 1_000

/**
 * Watches the connections of a server. Call it before the server listens.
 * @param quietMs milliseconds without a new connection, after which none waits to be accepted. Default 0: the turns of the
 *   event loop are enough, because this process accepts its connections itself.
 */
export function createDrain(server: Server, quietMs = 0): Drain {
  const connections = new Map<Socket, Connection>()
  let isDraining = false
  let accepted = 0

  server.on('connection', (socket: Socket) => {
    accepted++
    connections.set(socket, { open: new Set(), bytesAnswered: null })
    socket.once('close', () => connections.delete(socket))
  })
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(socket)
    if (isDraining) response.shouldKeepAlive = false
    connection?.open.add(response)
    response.once('close', () => {
      connection?.open.delete(response)
      if (connection !== undefined) connection.bytesAnswered = socket.bytesRead
    })
  })

  return {
    isDraining: () => isDraining,
    async run(acceptMs) {
      isDraining = true
      for (const { open } of connections.values()) {
        for (const response of open) if (!response.headersSent) response.shouldKeepAlive = false
      }
      await setTimeout(acceptMs)
      await acceptAll(() => accepted, quietMs)
      // `close` of an HTTP server would reset connections whose bytes were not read yet.
      NetServer.prototype.close.call(server)
      await closeConnections(connections)
    },
  }
}

/** Waits until the connections that wait to be accepted are accepted: closing the server would reset them. */
async function acceptAll(accepted: () => number, quietMs: number): Promise<void> {
  let quiet = 0
  let lastAt = performance.now()
  const until = lastAt + ACCEPT_ALL_MS
  while ((quiet < QUIET_TURNS || performance.now() - lastAt < quietMs) && performance.now() < until) {
    const before = accepted()
    await setImmediate()
    if (accepted() === before) {
      quiet++
    } else {
      quiet = 0
      lastAt = performance.now()
    }
  }
}

async function closeConnections(connections: ReadonlyMap<Socket, Connection>): Promise<void> {
  const since = performance.now()
  while (connections.size > 0) {
    const elapsedMs = performance.now() - since
    for (const [socket, connection] of connections) {
      if (elapsedMs > HARD_STOP_MS) socket.destroy()
      else if (isIdle(socket, connection, elapsedMs)) socket.destroySoon()
    }
    await setTimeout(LOOK_EVERY_MS)
  }
}

function isIdle({ bytesRead }: Socket, { open, bytesAnswered }: Connection, elapsedMs: number): boolean {
  if (open.size > 0) return false
  return bytesAnswered === null ? bytesRead === 0 && elapsedMs > FIRST_REQUEST_MS : bytesRead === bytesAnswered
}
