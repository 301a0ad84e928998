/* Guards for listeners of the application: an error of a listener is reported and has no other effect. */

import { Warning } from './warning.ts'

/** Receives unexpected errors and warnings. `requestId` is null for background work. */
export type ReportError = (error: unknown, requestId: string | null) => void

/** Wraps a listener so that its errors, also those of a promise that it returns, are reported instead of thrown. */
export function guardListener<T extends { readonly requestId: string | null }>(
  listener: ((message: T) => unknown) | undefined,
  onError: ReportError,
): (message: T) => void {
  return (message) => {
    try {
      const handled = listener?.(message)
      if (handled instanceof Promise) handled.catch((error: unknown) => onError(error, message.requestId))
    } catch (error) {
      onError(error, message.requestId)
    }
  }
}

/**
 * Wraps a listener of SQL statements so that its errors are reported instead of thrown: a statement that succeeded must not
 * fail because of its listener. Returns undefined without a listener.
 */
export function guardStatements(
  listener: ((statement: string, durationMs: number) => void) | undefined,
  onError: ReportError,
): ((statement: string, durationMs: number) => void) | undefined {
  if (listener === undefined) return undefined
  return (statement, durationMs) => {
    try {
      listener(statement, durationMs)
    } catch (error) {
      onError(error, null)
    }
  }
}

/** Wraps the error reporter: if it fails itself, its error goes to standard error. Default: all errors go there. */
export function guardReporter(report: ReportError = reportToStandardError): ReportError {
  return (error, requestId) => {
    try {
      const handled: unknown = report(error, requestId)
      if (handled instanceof Promise) handled.catch((failure: unknown) => reportToStandardError(failure, requestId))
    } catch (failure) {
      reportToStandardError(failure, requestId)
    }
  }
}

/** The default sink of an embedded library; the option `onError` replaces it. */
function reportToStandardError(error: unknown, requestId: string | null): void {
  const failed = `latchkey: ${requestId === null ? 'background work' : `request ${requestId}`} failed`
  // biome-ignore lint/suspicious/noConsole: standard error is the sink
  console.error(...(error instanceof Warning ? [`latchkey: ${error.message}`] : [failed, error]))
}
