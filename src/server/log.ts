import type { SecurityEvent } from '../catalogue/events.ts'
import type { RequestRecord } from '../kernel/connection.ts'
import type { EventOrigin } from '../kernel/event.ts'
import { Refusal } from '../kernel/refusal.ts'
import { Warning } from '../kernel/warning.ts'

/** The log of the process: one JSON object per line, on standard output, times in UTC. */
export interface ServerLog {
  info(message: string, fields?: object): void
  warn(message: string, fields?: object): void
  onEvent(event: SecurityEvent & EventOrigin): void
  onError(error: unknown, requestId: string | null): void
  onRequest(record: RequestRecord): void
}

/** Levels as in most Node logs (pino). */
const LEVEL = { info: 30, warn: 40, error: 50 } as const

/** Creates the log. Its callers pass no secrets: only events, error objects, and summaries of requests. */
export function createServerLog(): ServerLog {
  function write(level: keyof typeof LEVEL, msg: string, fields: object): void {
    const line = JSON.stringify({
      level: LEVEL[level],
      time: new Date().toISOString(),
      pid: process.pid,
      ...fields,
      msg,
    })
    process.stdout.write(`${line}\n`)
  }

  return {
    info: (message, fields = {}) => write('info', message, fields),
    warn: (message, fields = {}) => write('warn', message, fields),
    onEvent({ type, at, ...event }) {
      write('info', type, { event: type, eventAt: new Date(at).toISOString(), ...event })
    },
    onError(error, requestId) {
      if (error instanceof Warning) write('warn', error.message, { requestId })
      else write('error', 'error', { requestId, err: describe(error) })
    },
    onRequest({ durationMs, ...record }) {
      write('info', 'request', { ...record, durationMs: Math.round(durationMs * 100) / 100 })
    },
  }
}

/** Returns an error as plain data, with its causes. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const reason = error instanceof Refusal ? { code: error.code, reason: error.reason } : {}
  return { type: name, message, ...reason, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) }
}
