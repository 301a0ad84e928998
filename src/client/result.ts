import type { RefusalCode } from '../catalogue/refusals.ts'
import type { FieldError } from '../kernel/refusal.ts'

/** The result of a successful call. */
export interface Success<Data> {
  readonly ok: true
  /** The JSON of the answer; null if the answer is empty. */
  readonly data: Data
}

/**
 * Codes of the client itself. `network_error`: no answer arrived, or a proxy answered that the service is down.
 * `unexpected_answer`: the answer does not come from Latchkey. `session_not_kept`: the login succeeded, but the browser did not
 * keep its cookie. `passkey_not_used`: the user cancelled, has no passkey, or took too long; or the browser is too old.
 */
export type ClientCode = 'network_error' | 'unexpected_answer' | 'session_not_kept' | 'passkey_not_used'

/** The result of a call that failed: Latchkey refused it, or the client got no answer of Latchkey. */
export interface Refused<Code extends RefusalCode = RefusalCode> {
  readonly ok: false
  /** Stable; see the problems page. A newer server may have codes that this client does not know. */
  readonly code: Code | ClientCode
  /** HTTP status; 0 if no answer arrived. */
  readonly status: number
  /** Short name for users. */
  readonly title: string
  /** Explanation of this case. */
  readonly detail: string
  /** What is wrong with the body, one entry per problem; empty unless `code` is `validation_failed`. */
  readonly errors: readonly FieldError[]
  /** Seconds after which a retry makes sense; null if the answer does not say. */
  readonly retryAfterSeconds: number | null
  /** The error of the browser; only with the codes `network_error` and `passkey_not_used`. */
  readonly cause?: unknown
}

/** The result of a call: a success, or a refusal with one of the codes that the call can have. */
export type Result<Data, Code extends RefusalCode = RefusalCode> = Success<Data> | Refused<Code>
