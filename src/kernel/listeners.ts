/* Listeners that the application gives us: whatever they throw harms nobody else. */

/** Is told of what was thrown by mistake; `requestId` is null for background work. */
export type ReportError = (error: unknown, requestId: string | null) => void

/** A listener that cannot harm what it listens to: what it throws, now or later, is reported. */
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

/** The same for a listener of statements: none becomes the failure of a statement that succeeded. */
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

/** The last resort: a report that fails is reported to standard error. */
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

function reportToStandardError(error: unknown, requestId: string | null): void {
  // biome-ignore lint/suspicious/noConsole: the default sink of an embedded library; `onError` replaces it
  console.error(`latchkey: ${requestId === null ? 'background work' : `request ${requestId}`} failed`, error)
}
