/*
 * JSON types that several rooms share. Each room states its own types and calls in its `wire.ts`; `catalogue/wire.ts` has
 * all of them. Times are ISO 8601 UTC, ids are UUIDs.
 */
import type { FieldError } from './refusal.ts'

/** A user's account. */
export interface UserJson {
  readonly id: string
  /** The local part is lower case, the domain has A-labels. */
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly createdAt: string
}

/** Body of every refusal: `application/problem+json` (RFC 9457). */
export interface ProblemJson {
  /** A URL that answers with the documentation of the code. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  /** What is wrong with the body, one entry per problem. */
  readonly errors?: readonly FieldError[]
}
