import type { WireAnswer, WireKey, WireTypes } from '../catalogue/wire.ts'
import type { Result } from './result.ts'

/** Options that every call takes besides its own input. */
export interface CallOptions {
  /** Aborts the call, also while it waits for a retry. The call then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/** Refusals that the server answers before it knows the route, or because of a bug. */
type AnyRefusal = 'headers_too_large' | 'request_timeout' | 'internal_error'

/** Input of a call, and its effect after a success. */
export interface Use<Key extends WireKey> {
  readonly id?: string
  readonly query?: object
  readonly body?: unknown
  readonly done?: ((data: WireAnswer<Key>) => void) | undefined
}

/** The answer of a call. It throws the reason of an aborted signal, and a TypeError for wrong arguments. */
export type Answer<Key extends WireKey> = Promise<Result<WireAnswer<Key>, WireTypes<Key>['refusal'] | AnyRefusal>>

/** A call without input. */
export type Call<Key extends WireKey> = (options?: CallOptions) => Answer<Key>

/** A call with a body. */
export type BodyCall<Key extends WireKey> = (body: WireTypes<Key>['body'], options?: CallOptions) => Answer<Key>

/** A call with the id of one resource. */
export type IdCall<Key extends WireKey> = (id: string, options?: CallOptions) => Answer<Key>

/** A call with the id of one resource and a body. */
export type IdBodyCall<Key extends WireKey> = (
  id: string,
  body: WireTypes<Key>['body'],
  options?: CallOptions,
) => Answer<Key>

/** A call with the id of one resource and a query. */
export type IdQueryCall<Key extends WireKey> = (
  id: string,
  query?: WireTypes<Key>['query'],
  options?: CallOptions,
) => Answer<Key>

/** A call with a query. */
export type QueryCall<Key extends WireKey> = (query?: WireTypes<Key>['query'], options?: CallOptions) => Answer<Key>
