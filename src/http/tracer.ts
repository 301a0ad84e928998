/*
 * OpenTelemetry: a span for each request that Latchkey answers, and one for each statement within it, when the application
 * has set `@opentelemetry/api` up before `createLatchkey`. Names and attributes are those of the semantic conventions for
 * HTTP and databases. No span holds a value: no cookie, no body, no parameter, no query.
 */
import { importIfPresent } from '../kernel/optional-import.ts'

/** Makes spans, or nothing. */
export interface Tracer {
  /** Runs a request in its span. `routeOf` tells the route when it is known: after the run. */
  request(method: string, run: () => Promise<Response>, routeOf: () => string | null): Promise<Response>
  /** Notes a statement that has just ended. */
  statement(text: string, durationMs: number): void
}

const NO_TRACER: Tracer = { request: (_method, run) => run(), statement: () => undefined }
const MAX_STATEMENT = 1_000

/** Where every copy of the API of version 1 looks for what the application has set up. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/** Makes the tracer of this process; without OpenTelemetry set up before, nothing is even loaded. */
export async function createTracer(version: string): Promise<Tracer> {
  if (!(REGISTERED in globalThis)) return NO_TRACER
  const api = await importIfPresent(() => import('@opentelemetry/api'))
  if (api === null) return NO_TRACER
  const { SpanKind, SpanStatusCode, trace } = api
  const tracer = trace.getTracer('latchkey', version)
  return {
    request: (method, run, routeOf) =>
      tracer.startActiveSpan(method, { kind: SpanKind.SERVER }, async (span) => {
        const response = await run()
        const route = routeOf()
        if (route !== null) span.updateName(`${method} ${route}`).setAttribute('http.route', route)
        span.setAttribute('http.request.method', method).setAttribute('http.response.status_code', response.status)
        if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
        return response
      }),
    statement(text, durationMs) {
      if (trace.getActiveSpan() === undefined) return // background work
      const startTime = Date.now() - durationMs
      const [operation = ''] = text.trimStart().split(/\s/, 1)
      const attributes = { 'db.query.text': text.slice(0, MAX_STATEMENT) }
      tracer.startSpan(operation, { kind: SpanKind.CLIENT, startTime, attributes }).end()
    },
  }
}
