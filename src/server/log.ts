import { type Logger, pino } from 'pino'
import type { RequestRecord } from '../kernel/connection.ts'
import type { EventOrigin, SecurityEvent } from '../kernel/event.ts'

/** Where the process tells what it does: one JSON object a line, on standard output, times in UTC. */
export interface ServerLog {
  readonly logger: Logger
  onEvent(event: SecurityEvent & EventOrigin): void
  onError(error: unknown, requestId: string | null): void
  onRequest(record: RequestRecord): void
}

/** Makes the log. What it is given holds no secrets: events, error objects, and the outlines of requests. */
export function createServerLog(): ServerLog {
  const logger = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime })
  return {
    logger,
    onEvent({ type, at, ...event }) {
      logger.info({ event: type, eventAt: new Date(at).toISOString(), ...event }, type)
    },
    onError(error, requestId) {
      logger.error({ requestId, err: error }, 'error')
    },
    onRequest({ durationMs, ...record }) {
      logger.info({ ...record, durationMs: Math.round(durationMs * 100) / 100 }, 'request')
    },
  }
}
