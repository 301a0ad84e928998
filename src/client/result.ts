import type { RefusalCode } from '../catalogue/refusals.ts'
import type { FieldError } from '../kernel/refusal.ts'

/** A call that did what it was for. */
export interface Success<Data> {
  readonly ok: true
  /** The JSON of the answer; null where it has none. */
  readonly data: Data
}

/** A call that Latchkey said no to. */
export interface Refused<Code extends RefusalCode = RefusalCode> {
  readonly ok: false
  /** Stable; see the problems page. A newer server may have codes that this client does not know. */
  readonly code: Code
  /** HTTP status. */
  readonly status: number
  /** Short name for people. */
  readonly title: string
  /** What was wrong in this one case. */
  readonly detail: string
  /** What is wrong with the body, one entry per problem; empty unless `code` is `validation_failed`. */
  readonly errors: readonly FieldError[]
  /** Seconds after which a retry makes sense; null when the answer does not say. */
  readonly retryAfterSeconds: number | null
}

/** What a call gives: success, or a refusal with one of the codes that the call can have. */
export type Result<Data, Code extends RefusalCode = RefusalCode> = Success<Data> | Refused<Code>
