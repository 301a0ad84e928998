/* Prometheus metrics on a separate port: they are for operators and never available on the public port. */
import { createServer, type Server } from 'node:http'
import { toPath } from '../adapters/incoming.ts'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { Stats } from '../instance.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { createOptionalImport } from '../kernel/optional-import.ts'

/**
 * Listeners that count events and statements. All other metrics are read from the instance on each request for them.
 */
export interface Metrics {
  onEvent(event: SecurityEvent & EventOrigin): void
  onStatement(statement: string, durationMs: number): void
  /** Adds the metrics that are read from the instance. */
  watch(stats: () => Stats): void
  /** Creates a server that responds to `GET /metrics`; the caller makes it listen. */
  createServer(): Server
}

type PromClient = typeof import('prom-client')
type PromRegistry = InstanceType<PromClient['AggregatorRegistry']>

const loadPromClient = createOptionalImport(() => import('prom-client'), {
  name: 'prom-client',
  since: '13.0.0',
  purpose: 'LATCHKEY_METRICS_PORT',
})

/** The `operationId` of the login; other calls that need a hash can be refused as overloaded too. */
const LOGIN = 'logIn'
/** Outcomes of recoveries, by event. */
const RECOVERIES = new Map<SecurityEvent['type'], string>([
  ['recovery.requested', 'requested'],
  ['recovery.cancelled', 'cancelled'],
  ['recovery.completed', 'completed'],
])
const LATENCY_BUCKETS_S = [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

/**
 * Creates the metrics of this process. In a worker, the process that started it can read them.
 * @throws Error if the package `prom-client` is missing.
 */
export async function createMetrics(): Promise<Metrics> {
  const promClient = await loadPromClient()
  const { AggregatorRegistry, collectDefaultMetrics, Counter, Histogram } = promClient
  const registry = new AggregatorRegistry()
  AggregatorRegistry.setRegistries(registry)
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const logins = new Counter({
    name: 'latchkey_logins_total',
    help: 'Attempts to log in, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const recoveries = new Counter({
    name: 'latchkey_recoveries_total',
    help: 'Recoveries of accounts without their second factors, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const storage = new Histogram({
    name: 'latchkey_storage_duration_seconds',
    help: 'Duration of statements and commands, by their first word.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS_S,
    registers,
  })

  return {
    onEvent(event) {
      if (event.type === 'login.succeeded') logins.inc({ outcome: 'succeeded' })
      if (event.type === 'login.refused') logins.inc({ outcome: 'refused' })
      if (event.type === 'attempt.throttled' && event.operation === 'login') logins.inc({ outcome: 'throttled' })
      if (event.type === 'request.refused' && event.code === 'overloaded' && event.call === LOGIN)
        logins.inc({ outcome: 'overloaded' })
      const recovery = RECOVERIES.get(event.type)
      if (recovery !== undefined) recoveries.inc({ outcome: recovery })
    },
    onStatement(statement, durationMs) {
      const [operation = ''] = statement.trimStart().split(/\s/, 1)
      storage.observe({ operation: operation.toLowerCase() }, durationMs / 1_000)
    },
    watch: (stats) => addStats(promClient, registers, stats),
    createServer: () => createMetricsServer(registry.contentType, () => registry.metrics()),
  }
}

/** Adds the metrics that are read from the instance for each answer. */
function addStats({ Counter, Gauge }: PromClient, registers: PromRegistry[], stats: () => Stats): void {
  // The instance has the totals since the start of the process.
  new Counter({
    name: 'latchkey_verifications_total',
    help: 'Verifications of sessions: warm (from memory), cold (from the storage), refused.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset()
      for (const [result, count] of Object.entries(stats().verifications)) this.inc({ result }, count)
    },
  })
  new Counter({
    name: 'latchkey_mails_total',
    help: 'Emails by kind: sent; failed (and retried); given up.',
    labelNames: ['kind', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { kind, outcome, count } of stats().mails) this.inc({ kind, outcome }, count)
    },
  })
  new Counter({
    name: 'latchkey_logouts_total',
    help: 'Messages to apps that a session is over, by app: sent; failed (and retried); given up.',
    labelNames: ['client', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { clientId, outcome, count } of stats().logouts) this.inc({ client: clientId, outcome }, count)
    },
  })
  new Gauge({
    name: 'latchkey_cached_sessions',
    help: 'Sessions in the cache.',
    registers,
    collect() {
      this.set(stats().cachedSessions)
    },
  })
  new Gauge({
    name: 'latchkey_hash_queue_waiting',
    help: 'Password hashes that wait for a core.',
    registers,
    collect() {
      this.set(stats().hashesWaiting)
    },
  })
  new Gauge({
    name: 'latchkey_invalidation_lag_seconds',
    help: 'Time since the last proof that other nodes can be heard. Above 1 the cache is not used.',
    registers,
    aggregator: 'max',
    collect() {
      this.set(stats().invalidationLagMs / 1_000)
    },
  })
}

/**
 * Creates the metrics server of a server with workers: counts are summed. The caller makes it listen.
 * @throws Error if the package `prom-client` is missing.
 */
export async function createMetricsServerOfWorkers(): Promise<Server> {
  const { AggregatorRegistry } = await loadPromClient()
  const registry = new AggregatorRegistry()
  return createMetricsServer(registry.contentType, () => registry.clusterMetrics())
}

function createMetricsServer(contentType: string, read: () => Promise<string>): Server {
  return createServer(async (request, response) => {
    if (toPath(request.url) !== '/metrics' || !['GET', 'HEAD'].includes(request.method ?? '')) {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await read()
      response.writeHead(200, { 'Content-Type': contentType }).end(text)
    } catch {
      response.writeHead(503).end() // a worker does not answer
    }
  })
}
