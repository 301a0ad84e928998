import { CATALOGUE, type RefusalCode } from './catalogue.ts'
import type { ThrottledTry } from './quota.ts'

/** One thing that is wrong with a request body. */
export interface FieldError {
  /** JSON pointer as a URI fragment (RFC 6901 section 6): `#/email`. */
  readonly pointer: string
  /** What is wrong and what would be right. Never repeats the value. */
  readonly detail: string
}

/** What may accompany a refusal. */
export interface RefusalOptions {
  /** Public explanation of this one case; the catalogue's `when` otherwise. */
  readonly detail?: string
  /** Private explanation, for events and logs only. */
  readonly reason?: string
  /** What is wrong with the body, one entry per problem. */
  readonly errors?: readonly FieldError[]
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** Methods the path has; sent as `Allow`. */
  readonly allow?: readonly string[]
  /** The try that was one too many; sent as `RateLimit`. */
  readonly throttled?: ThrottledTry
  /** Scopes that the action asks for; told in the challenge. */
  readonly scopes?: readonly string[]
  /** What caused it, for the log. */
  readonly cause?: unknown
}

/**
 * An expected "no". It carries a stable code of the catalogue, its HTTP status and a public text.
 * Anything else that is thrown is a bug and becomes a 500.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly status: number
  readonly title: string
  /** Public text. */
  readonly detail: string
  /** Private text; never leaves the process. */
  readonly reason: string | undefined
  readonly errors: readonly FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly allow: readonly string[] | undefined
  readonly throttled: ThrottledTry | undefined
  readonly scopes: readonly string[] | undefined

  constructor(code: RefusalCode, options: RefusalOptions = {}) {
    const entry = CATALOGUE[code]
    super(`${code}: ${options.detail ?? entry.when}`, { cause: options.cause })
    this.name = 'Refusal'
    this.code = code
    this.status = entry.status
    this.title = entry.title
    this.detail = options.detail ?? entry.when
    this.reason = options.reason
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
    this.allow = options.allow
    this.throttled = options.throttled
    this.scopes = options.scopes
  }
}

/** A refusal of one body member, as a 422. */
export function invalidMember(pointer: string, detail: string): Refusal {
  return new Refusal('validation_failed', { errors: [{ pointer, detail }] })
}
