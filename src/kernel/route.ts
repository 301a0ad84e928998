import type { ZodType } from 'zod'
import type { Cookie } from './cookie.ts'
import type { Stamp } from './event.ts'
import type { ClientInfo, IssuedSession, Principal, SessionPrincipal } from './principal.ts'
import type { Quota } from './quota.ts'
import type { WireRoutes } from './wire-routes.ts'

/** The header that carries the token of a login in progress for an app that keeps no cookies. */
export const ATTEMPT_HEADER = 'Latchkey-Attempt'

/**
 * Who may call a route: anyone; a user by session or access token; by session only; by one in which they proved
 * themselves recently.
 */
export type Access = 'anyone' | 'user' | 'session' | 'fresh_session'

/** What a route is told of a request. Nothing of HTTP but what the contract is about. */
export interface RouteRequest<Body = unknown, Who extends Principal | null = Principal | null> {
  readonly body: Body
  /** Path parameters, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>
  /** Every value of each query parameter. */
  readonly queryAll: Readonly<Record<string, readonly string[]>>
  readonly principal: Who
  /** The token of the principal's session; null where there is none. */
  readonly sessionToken: Who extends SessionPrincipal ? string : string | null
  readonly client: ClientInfo
  /** True for an app that keeps no cookies: its session and its login attempt travel in headers. */
  readonly isCookieless: boolean
  /** True for a browser that navigates. */
  readonly wantsHtml: boolean
  /** The value of a cookie of ours, by its suffix. */
  readonly cookie: (suffix: string) => string | null
  /** A header, by its name. For what proxies tell. */
  readonly header: (name: string) => string | null
  readonly stamp: Stamp
  /** Has the answer tell what is left of a budget, whatever the answer will be. */
  readonly reportQuota: (quota: Quota) => void
}

/** What a route answers. */
export interface Answer<Json = unknown> {
  readonly status: number
  /** JSON value. */
  readonly body?: Json
  /** Text of another type. */
  readonly text?: { readonly type: string; readonly content: string; readonly policy?: string }
  /** The browser saves the body under this name instead of showing it. */
  readonly fileName?: string
  /** What the next page says, in place of the form's own notice. */
  readonly notice?: string
  /** More headers, by name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where a browser goes next, as a path or an allowed URL. */
  readonly location?: string
  /** A session with its new secret: goes to a browser as the cookie, and in a header to an app that keeps none. */
  readonly session?: IssuedSession
  /** The token of a login in progress: goes to a browser as the cookie, and in a header to an app that keeps none. */
  readonly attempt?: { readonly token: string; readonly cookie: Cookie }
  /** Where a form leads in place of its `done`, below the base path. `next` waits until the login is complete. */
  readonly formLocation?: string
  readonly cookies?: readonly Cookie[]
  /** Tells the browser to drop what it stored for us (Clear-Site-Data). */
  readonly clearsSiteData?: boolean
}

/** How a route serves the forms of our own pages: with JavaScript off they POST urlencoded and get a 303. */
export interface FormUse {
  /** The page that has the form; a refusal leads back to it. */
  readonly page: string
  /** Where success leads when the form names no `next`. */
  readonly done: string
  /** What the page says after success. */
  readonly notice?: string
  /** Members that are checkboxes: present means true. */
  readonly checkboxes?: readonly string[]
  /** Fields that go back to the page with a refusal, in its query. */
  readonly keeps?: readonly string[]
  /** The route serves forms only and takes no JSON. */
  readonly only?: true
}

/** One endpoint: everything that is known of it, in one place. The OpenAPI document is made of it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base path, in OpenAPI notation: `/sessions/{id}`. */
  readonly path: string
  /** One line for the reference. */
  readonly summary: string
  readonly access: Access
  /** Query parameters, none of which has to be there, and what each means. */
  readonly query?: Readonly<Record<string, string>>
  /** Those of them that may stand more than once. */
  readonly repeats?: readonly string[]
  /** Validates the body; absent: the body is not read. */
  readonly body?: ZodType
  /** Success answers by status: a schema, a media type that is not JSON, or null for no body. */
  readonly answers: Readonly<Record<number, ZodType | `${string}/${string}` | null>>
  /** The codes of the refusals that the route adds to those of every route of its kind. */
  readonly refusals?: readonly string[]
  readonly form?: FormUse
  /** What is answered to whoever offers nothing that is good, and no token. Null or absent: 401 unauthenticated. */
  answerNobody?(request: RouteRequest): Answer | null
  handle(request: RouteRequest): Promise<Answer>
}

type Who<A extends Access> = A extends 'anyone'
  ? SessionPrincipal | null
  : A extends 'user'
    ? Principal
    : SessionPrincipal

/** A route as its feature writes it: `handle` sees the body as validated, and a principal where access asks for one. */
export interface RouteDefinition<A extends Access, Body, Json>
  extends Omit<Route, 'method' | 'path' | 'access' | 'body' | 'handle'> {
  readonly access: A
  readonly body?: ZodType<Body>
  handle(request: RouteRequest<Body, Who<A>>): Promise<Answer<Json>>
}

/** What `kernel/wire-routes.ts` says of the route's answer; of a route that clients do not call (a page), nothing. */
type WireAnswer<Key> = Key extends keyof WireRoutes ? WireRoutes[Key]['answer'] : unknown

/** What it says of the rest. */
type Wired<Key> = Key extends keyof WireRoutes
  ? {
      readonly body?: WireRoutes[Key] extends { readonly body: infer Body } ? ZodType<Body> : never
      readonly answers: Readonly<Record<number, ZodType<WireRoutes[Key]['answer']> | null>>
      readonly refusals?: readonly WireRoutes[Key]['refusal'][]
    }
  : unknown

/**
 * Declares a route. The pipeline in `http/app.ts` keeps what the types promise to `handle`. A route that clients call has
 * to be as the wire interfaces say, or this does not compile.
 */
export function defineRoute<A extends Access, M extends Route['method'], P extends string, Body = undefined>(
  definition: RouteDefinition<A, Body, WireAnswer<`${M} ${P}`>> &
    Wired<`${M} ${P}`> & { readonly method: M; readonly path: P },
): Route {
  // `handle` is called only after access and body were checked against this very definition.
  return definition as unknown as Route
}
