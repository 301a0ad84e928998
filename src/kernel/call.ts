/*
 * A call is what clients and the server agree on about one route: name, access, types and refusals. Each room states its
 * calls in its `wire.ts` with `defineCalls`, `defineRoute` builds routes of them, and `catalogue/wire.ts` derives the types of
 * the client. This file has only what the declarations of a client need: the compiler of an application reads all of it.
 */
import type { Access } from './access.ts'

/** The HTTP methods of routes. */
export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The types of a call. */
export interface CallTypes {
  /** Undefined: no query. */
  readonly query: unknown
  /** Undefined: no body. */
  readonly body: unknown
  /** Null: an empty answer. Unknown: an answer that is not for clients. */
  readonly answer: unknown
  /** The codes of all refusals. */
  readonly refusal: string
}

/** The types of a call without query and body, and with an answer that is not for clients. */
export interface PageTypes extends CallTypes {
  readonly query: undefined
  readonly body: undefined
}

/** A call, as `defineRoute` takes it. */
export interface Call<A = Access, Types = CallTypes> {
  readonly name: string
  readonly method: HttpMethod
  /** Path below the base path, in OpenAPI notation. */
  readonly path: string
  readonly access: A
  /** The codes of all refusals: its own and those of its kind. */
  readonly refusals: readonly string[]
  /** Never present; carries the types. */
  readonly types?: Types
}
