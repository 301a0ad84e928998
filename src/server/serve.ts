import type { Server } from 'node:http'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { Latchkey } from '../instance.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { createLatchkey } from '../latchkey.ts'
import type { LatchkeyOptions } from '../options/options.ts'
import type { Configuration } from './configuration.ts'
import { createDrain, type Drain } from './drain.ts'
import { createHttpServer } from './http-server.ts'
import { listen } from './listen.ts'
import { createServerLog, type ServerLog } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { warnOfOtherSites } from './other-sites.ts'
import type { WorkerLink } from './workers/worker-link.ts'
import { openWorkersInstance } from './workers/workers-instance.ts'

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
/** A connection takes less time than this from the process that accepts it to the worker that answers it. */
const HANDOVER_MS = 50
const NO_EMAILS =
  'SMTP_URL is not set: no emails are sent, so users cannot verify an address or reset a forgotten password. See docs/mail.md.'

/**
 * Starts the server: opens the database, updates its schema, listens.
 * @param link the connection to the other workers; null: this process is the whole server.
 */
export async function startServer(
  configuration: Configuration,
  link: WorkerLink | null = null,
): Promise<RunningServer> {
  const { environment, options, closeMailer } = configuration
  const log = createServerLog()
  process.on('unhandledRejection', (error) => log.onError(error, null)) // the last resort (ASVS 16.5.4)
  const metrics = environment.metricsPort === undefined ? null : await createMetrics()
  const auth = await openInstance(options, { log, metrics, link })
  if (link === null || link.isLead) for (const warning of warningsOf(configuration)) log.warn(warning)
  const { hstsIncludeSubDomains = false, baseUrl } = options
  const isDraining = () => drain.isDraining()
  const server = createHttpServer(auth, baseUrl, { hstsIncludeSubDomains, isDraining })
  const drain = createDrain(server, link === null ? 0 : HANDOVER_MS)
  // The process that started the workers answers with the metrics of all.
  const metricsServer = link === null && metrics !== null ? metrics.createServer() : null
  try {
    const { host, isProduction, drainMs = isProduction ? PRODUCTION_DRAIN_MS : 0 } = environment
    const port = await listen(server, environment.port, host)
    const metricsPort =
      metricsServer === null ? undefined : await listen(metricsServer, environment.metricsPort ?? 0, host)
    if (link === null) log.info('listening', { port, metricsPort, host, baseUrl })
    else link.tellPort(port)
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

interface InstanceParts {
  readonly log: ServerLog
  readonly metrics: Metrics | null
  readonly link: WorkerLink | null
}

/** Opens the instance of this process. */
async function openInstance(options: LatchkeyOptions, { log, metrics, link }: InstanceParts): Promise<Latchkey> {
  const listeners = {
    onEvent(event: SecurityEvent & EventOrigin) {
      log.onEvent(event)
      metrics?.onEvent(event)
    },
    onError: log.onError,
    onRequest: log.onRequest,
    ...(metrics === null ? {} : { onStatement: metrics.onStatement }),
  }
  const auth =
    link === null
      ? await createLatchkey({ ...options, ...listeners })
      : await openWorkersInstance({ ...options, ...listeners }, link)
  metrics?.watch(auth.stats)
  return auth
}

function warningsOf({ environment, options }: Pick<Configuration, 'environment' | 'options'>): string[] {
  const noEmails = environment.isProduction && environment.smtpUrl === undefined ? NO_EMAILS : null
  return [noEmails, warnOfOtherSites(options.baseUrl, options.trustedOrigins ?? [])].filter((each) => each !== null)
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
