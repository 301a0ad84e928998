/* Prometheus metrics, on a port of their own: they are for operators and never leave by the public one. */
import { createServer, type Server } from 'node:http'
import type { SecurityEvent } from '../catalogue/events.ts'
import type { Stats } from '../instance.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { createOptionalImport } from '../kernel/optional-import.ts'

/** What is counted where it happens; the rest is asked of the instance when the metrics are read. */
export interface Metrics {
  onEvent(event: SecurityEvent & EventOrigin): void
  onStatement(statement: string, durationMs: number): void
  /** A server that answers `GET /metrics`, still to be told where to listen. */
  createServer(stats: () => Stats): Server
}

const loadPromClient = createOptionalImport(() => import('prom-client'), 'prom-client', 'LATCHKEY_METRICS_PORT')

const LATENCY_BUCKETS_S = [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

/** Makes the metrics of this process. Throws when the package `prom-client` is missing. */
export async function createMetrics(): Promise<Metrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await loadPromClient()
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const logins = new Counter({
    name: 'latchkey_logins_total',
    help: 'Attempts to log in, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const storage = new Histogram({
    name: 'latchkey_storage_duration_seconds',
    help: 'Time that statements and commands took, by their first word.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS_S,
    registers,
  })
  const verifications = new Gauge({
    name: 'latchkey_verifications_total',
    help: 'Verifications of sessions: warm from memory, cold from the storage, refused.',
    labelNames: ['result'],
    registers,
  })
  const cached = new Gauge({ name: 'latchkey_cached_sessions', help: 'Sessions in memory.', registers })
  const waiting = new Gauge({ name: 'latchkey_hash_queue_waiting', help: 'Hashes that wait for a core.', registers })
  const lag = new Gauge({
    name: 'latchkey_invalidation_lag_seconds',
    help: 'Time since other nodes were last surely heard. Beyond 1 the cache is not used.',
    registers,
  })
  const mails = new Gauge({
    name: 'latchkey_mails_total',
    help: 'Mails by kind: sent; failed, which are tried again; given up.',
    labelNames: ['kind', 'outcome'],
    registers,
  })

  function take({ verifications: { warm, cold, refused }, ...stats }: Stats): void {
    verifications.set({ result: 'warm' }, warm)
    verifications.set({ result: 'cold' }, cold)
    verifications.set({ result: 'refused' }, refused)
    cached.set(stats.cachedSessions)
    waiting.set(stats.hashesWaiting)
    lag.set(stats.invalidationLagMs / 1_000)
    for (const { kind, outcome, count } of stats.mails) mails.set({ kind, outcome }, count)
  }

  return {
    onEvent(event) {
      if (event.type === 'login.succeeded') logins.inc({ outcome: 'succeeded' })
      if (event.type === 'login.refused') logins.inc({ outcome: 'refused' })
      if (event.type === 'attempt.throttled' && event.operation === 'login') logins.inc({ outcome: 'throttled' })
      if (event.type === 'request.refused' && event.code === 'overloaded') logins.inc({ outcome: 'overloaded' })
    },
    onStatement(statement, durationMs) {
      const [operation = ''] = statement.trimStart().split(/\s/, 1)
      storage.observe({ operation: operation.toLowerCase() }, durationMs / 1_000)
    },
    createServer: (stats) =>
      createServer(async (request, response) => {
        if (request.url !== '/metrics' || request.method !== 'GET') {
          response.writeHead(404).end()
          return
        }
        take(stats())
        response.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics())
      }),
  }
}
