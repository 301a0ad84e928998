import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Latchkey } from '../instance.ts'
import { createLatchkey } from '../latchkey.ts'
import type { Configuration } from './configuration.ts'
import { createDrain, type Drain } from './drain.ts'
import { createHttpServer } from './http-server.ts'
import { createServerLog, type ServerLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { warnOfOtherSites } from './other-sites.ts'

/** A running server. */
export interface RunningServer {
  readonly port: number
  /**
   * Continues to accept requests for `LATCHKEY_DRAIN_MS`, finishes those in progress, closes the database and the connections to
   * the mail server. A second call changes nothing.
   */
  stop(): Promise<void>
}

/** Default of `LATCHKEY_DRAIN_MS` in production, where load balancers need time to notice. */
const PRODUCTION_DRAIN_MS = 5_000
const NO_EMAILS =
  'SMTP_URL is not set: no emails are sent, so users cannot verify an address or reset a forgotten password. See docs/mail.md.'

/** Starts the server: opens the database, updates its schema, listens. */
export async function startServer({ environment, options, closeMailer }: Configuration): Promise<RunningServer> {
  const log = createServerLog()
  process.on('unhandledRejection', (error) => log.onError(error, null)) // the last resort (ASVS 16.5.4)
  const metrics = environment.metricsPort === undefined ? null : await createMetrics()
  const auth = await createLatchkey({
    ...options,
    onEvent(event) {
      log.onEvent(event)
      metrics?.onEvent(event)
    },
    onError: log.onError,
    onRequest: log.onRequest,
    ...(metrics === null ? {} : { onStatement: metrics.onStatement }),
  })
  if (environment.isProduction && environment.smtpUrl === undefined) log.warn(NO_EMAILS)
  const otherSites = warnOfOtherSites(options.baseUrl, options.trustedOrigins ?? [])
  if (otherSites !== null) log.warn(otherSites)
  const { hstsIncludeSubDomains = false } = options
  const server = createHttpServer(auth, options.baseUrl, {
    hstsIncludeSubDomains,
    isDraining: () => drain.isDraining(),
  })
  const drain = createDrain(server)
  const metricsServer = metrics?.createServer(auth.stats) ?? null
  try {
    const port = await listen(server, environment.port, environment.host)
    const metricsPort =
      metricsServer === null ? undefined : await listen(metricsServer, environment.metricsPort ?? 0, environment.host)
    log.info('listening', { port, metricsPort, host: environment.host, baseUrl: options.baseUrl })
    const { isProduction, drainMs = isProduction ? PRODUCTION_DRAIN_MS : 0 } = environment
    let stopped: Promise<void> | null = null
    return {
      port,
      stop() {
        stopped ??= stop({ drain, drainMs, metricsServer, auth, closeMailer, log })
        return stopped
      },
    }
  } catch (error) {
    server.close()
    await auth.close()
    closeMailer()
    throw error
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port)) // it listens on TCP
  })
}

interface RunningParts {
  readonly drain: Drain
  readonly drainMs: number
  readonly metricsServer: Server | null
  readonly auth: Latchkey
  readonly closeMailer: () => void
  readonly log: ServerLog
}

async function stop({ drain, drainMs, metricsServer, auth, closeMailer, log }: RunningParts): Promise<void> {
  log.info('stopping', { drainMs })
  await drain.run(drainMs)
  metricsServer?.close()
  metricsServer?.closeAllConnections()
  await auth.close()
  closeMailer()
  log.info('stopped')
}
