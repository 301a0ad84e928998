import type { UserEventType } from '../catalogue/events.ts'
import type { WireRoutes } from '../kernel/wire-routes.ts'
import type { Result } from './result.ts'

/** What any call takes besides its own input. */
export interface CallOptions {
  /** Ends the call, also while it waits to try again; the call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** The routes as the client calls them. */
export type Routes = WireRoutes<UserEventType>

/** Method and path of a route. */
export type RouteKey = keyof Routes

/** What the server refuses before it knows the route, or without meaning to. */
type AnyRefusal = 'headers_too_large' | 'request_timeout' | 'internal_error'

/** The answer of a route. Throws what `fetch` throws, and an Error for an answer that is none of Latchkey. */
export type Answer<Key extends RouteKey> = Promise<Result<Routes[Key]['answer'], Routes[Key]['refusal'] | AnyRefusal>>

/** A call without input. */
export type Call<Key extends RouteKey> = (options?: CallOptions) => Answer<Key>

/** A call with a body. */
export type BodyCall<Key extends RouteKey> = (
  body: Routes[Key] extends { readonly body: infer Body extends object } ? Body : never,
  options?: CallOptions,
) => Answer<Key>

/** A call about one thing, by its id. */
export type IdCall<Key extends RouteKey> = (id: string, options?: CallOptions) => Answer<Key>

/** A call with a query. */
export type QueryCall<Key extends RouteKey> = (
  query?: Routes[Key] extends { readonly query: infer Query extends object } ? Query : never,
  options?: CallOptions,
) => Answer<Key>
