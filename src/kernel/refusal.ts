import type { FieldProblem } from './field-problem.ts'
import type { ThrottledTry } from './quota.ts'
import type { RefusalEntry } from './refusal-entry.ts'
import { KERNEL_REFUSALS, type KernelRefusalCode } from './refusals.ts'

/** One thing that is wrong with a request body. */
export interface FieldError {
  /** JSON pointer as a URI fragment (RFC 6901 section 6): `#/email`. */
  readonly pointer: string
  /** Explanation of the problem, with the accepted form. It never repeats the value. */
  readonly detail: string
}

/** The same for pages, which have a text for each problem in every language. The JSON does not contain it. */
export interface DescribedFieldError extends FieldError {
  readonly problem?: FieldProblem | undefined
}

/** Optional details of a refusal. */
export interface RefusalOptions {
  /** Public explanation of this case. Default: the `when` of the entry. */
  readonly detail?: string
  /** Private explanation, for events and logs only. */
  readonly reason?: string
  /** Problems of the request body, one entry per problem. */
  readonly errors?: readonly DescribedFieldError[]
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** Methods that the path supports; sent as `Allow`. */
  readonly allow?: readonly string[]
  /** The attempt that exceeded a budget; sent as `RateLimit`. */
  readonly throttled?: ThrottledTry
  /** Scopes that the action requires; sent in the `WWW-Authenticate` header. */
  readonly scopes?: readonly string[]
  /** Age that the proof of identity of an app's user may have; sent in the `WWW-Authenticate` header. */
  readonly maxAgeSeconds?: number
  /** Level of authentication that the app's user needs, such as `aal2`; sent in the `WWW-Authenticate` header. */
  readonly acrValues?: string
  /** The error that caused the refusal, for the log. */
  readonly cause?: unknown
}

/**
 * An expected "no": a stable code, its HTTP status and a public text. Any other error is a bug and is answered with 500.
 * The package exports a subclass of it, `catalogue/refusal.ts`, which knows the codes of all rooms.
 */
export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Public text. */
  readonly detail: string
  /** Private text. It appears in events and logs, never in a response. */
  readonly reason: string | undefined
  readonly errors: readonly DescribedFieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly allow: readonly string[] | undefined
  readonly throttled: ThrottledTry | undefined
  readonly scopes: readonly string[] | undefined
  readonly maxAgeSeconds: number | undefined
  readonly acrValues: string | undefined

  /** @param refusal code of a refusal of the kernel, or the entry of another room: `ACCOUNT_REFUSALS.email_taken`. */
  constructor(refusal: KernelRefusalCode | RefusalEntry, options: RefusalOptions = {}) {
    const entry: RefusalEntry = typeof refusal === 'string' ? KERNEL_REFUSALS[refusal] : refusal
    const problems = options.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? []
    super([`${entry.code}: ${options.detail ?? entry.when}`, ...problems].join(' '), { cause: options.cause })
    this.name = 'Refusal'
    this.code = entry.code
    this.status = entry.status
    this.title = entry.title
    this.detail = options.detail ?? entry.when
    this.reason = options.reason
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
    this.allow = options.allow
    this.throttled = options.throttled
    this.scopes = options.scopes
    this.maxAgeSeconds = options.maxAgeSeconds
    this.acrValues = options.acrValues
  }
}

/**
 * Returns the 422 refusal for one member of the body.
 * @param pointer JSON pointer as a URI fragment: `#/email`.
 * @param detail explanation of the problem, with the accepted form.
 * @param problem the same for pages. Default: the field is marked as invalid.
 */
export function invalidMember(pointer: string, detail: string, problem: FieldProblem = { code: 'invalid' }): Refusal {
  return new Refusal('validation_failed', { errors: [{ pointer, detail, problem }] })
}
