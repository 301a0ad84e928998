/*
 * OpenTelemetry: one span for each request that Latchkey answers, and one for each statement in it, if the application
 * has set up `@opentelemetry/api` before `createLatchkey`. Names and attributes follow the semantic conventions for
 * HTTP and databases. A span never contains a value: no cookie, body, parameter or query.
 */
import { importIfPresent } from '../kernel/optional-import.ts'

/** Creates spans, or does nothing without OpenTelemetry. */
export interface Tracer {
  /** Runs a request in its span. `routeOf` returns the route; it is called after the run, when the route is known. */
  request(method: string, run: () => Promise<Response>, routeOf: () => string | null): Promise<Response>
  /** Records a statement that has just finished. */
  statement(text: string, durationMs: number): void
}

const NO_TRACER: Tracer = { request: (_method, run) => run(), statement: () => undefined }
const MAX_STATEMENT = 1_000

/** Key under which every copy of version 1 of the API finds the setup of the application. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

const OPENTELEMETRY = { name: '@opentelemetry/api', since: '1.2.0', purpose: 'Tracing' } as const

/** Creates the tracer of this process. Without OpenTelemetry it loads nothing. */
export async function createTracer(version: string): Promise<Tracer> {
  if (!(REGISTERED in globalThis)) return NO_TRACER
  const api = await importIfPresent(() => import('@opentelemetry/api'), OPENTELEMETRY)
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
