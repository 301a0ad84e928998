import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLatchkey, type Latchkey } from '../latchkey.ts'
import type { Configuration } from './configuration.ts'
import { createHttpServer } from './http-server.ts'
import { createServerLog, type ServerLog } from './log.ts'

/** A server that listens. */
export interface RunningServer {
  readonly port: number
  /** Takes no new requests, lets those under way end, closes the database. */
  stop(): Promise<void>
}

const DRAIN_MS = 10_000
const CLOSE_IDLE_MS = 50

/** Starts the server: opens the database, brings its schema up to date, listens. */
export async function startServer({ environment, options }: Configuration): Promise<RunningServer> {
  const log = createServerLog()
  process.on('unhandledRejection', (error) => log.onError(error, null)) // the last resort (ASVS 16.5.4)
  const auth = await createLatchkey({
    ...options,
    onEvent: log.onEvent,
    onError: log.onError,
    onRequest: log.onRequest,
  })
  const server = createHttpServer(auth, options.baseUrl)
  await listen(server, environment.port, environment.host).catch(async (error: unknown) => {
    await auth.close()
    throw error
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  log.logger.info({ port, host: environment.host, baseUrl: options.baseUrl }, 'listening')
  return { port, stop: () => stop(server, auth, log) }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => resolve())
  })
}

async function stop(server: Server, auth: Latchkey, { logger }: ServerLog): Promise<void> {
  logger.info('stopping')
  const closed = new Promise((resolve) => server.close(resolve))
  // A kept-alive connection falls idle when its last answer is out.
  const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS)
  const giveUp = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearInterval(closeIdle)
  clearTimeout(giveUp)
  await auth.close()
  logger.info('stopped')
}
