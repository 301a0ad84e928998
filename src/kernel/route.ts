import type { ZodType } from 'zod'
import type { Cookie } from './cookie.ts'
import type { Stamp } from './event.ts'
import type { ClientInfo, IssuedSession, Principal, SessionPrincipal } from './principal.ts'
import type { Quota } from './quota.ts'
import type { WireRoutes } from './wire-routes.ts'

/** Header with the token of a login attempt, for an app without cookies. */
export const ATTEMPT_HEADER = 'Latchkey-Attempt'

/**
 * Credential that a route requires: none (`anyone`), a session or an access token (`user`), a session (`session`), or a
 * session with a recent proof of identity (`fresh_session`).
 */
export type Access = 'anyone' | 'user' | 'session' | 'fresh_session'

/** A request as a route sees it: parsed, checked and authenticated. */
export interface RouteRequest<Body = unknown, Who extends Principal | null = Principal | null> {
  readonly body: Body
  /** Path parameters, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>
  /** Every value of each query parameter. */
  readonly queryAll: Readonly<Record<string, readonly string[]>>
  readonly principal: Who
  /** The token of the principal's session; null without a session. */
  readonly sessionToken: Who extends SessionPrincipal ? string : string | null
  readonly client: ClientInfo
  /** True for an app without cookies: its session and its login attempt are sent in headers. */
  readonly isCookieless: boolean
  /** True if a browser navigates to the route. */
  readonly wantsHtml: boolean
  /** Returns the value of one of our cookies by its suffix, or null. */
  readonly cookie: (suffix: string) => string | null
  /** Returns a header by its name, or null. It is meant for headers that proxies add. */
  readonly header: (name: string) => string | null
  readonly stamp: Stamp
  /** Reports the rest of a budget in the headers of the response, also if the route refuses. */
  readonly reportQuota: (quota: Quota) => void
}

/** The response of a route. */
export interface Answer<Json = unknown> {
  readonly status: number
  /** JSON value. */
  readonly body?: Json
  /** Text of another type. */
  readonly text?: { readonly type: string; readonly content: string; readonly policy?: string }
  /** File name: the browser saves the body under this name instead of showing it. */
  readonly fileName?: string
  /** Notice that the next page shows instead of the notice of the form. */
  readonly notice?: string
  /** More headers, by name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Next location for a browser: a path or an allowed URL. */
  readonly location?: string
  /** A session with its new token. A browser gets it in the cookie, an app without cookies in a header. */
  readonly session?: IssuedSession
  /** The token of a login attempt. A browser gets it in the cookie, an app without cookies in a header. */
  readonly attempt?: { readonly token: string; readonly cookie: Cookie }
  /** Next page of a form instead of its `done`, below the base path. `next` applies when the login is complete. */
  readonly formLocation?: string
  readonly cookies?: readonly Cookie[]
  /** Makes the browser delete the data that it stored for our origin (Clear-Site-Data). */
  readonly clearsSiteData?: boolean
}

/** How a route handles the forms of our pages, which POST urlencoded data, work without JavaScript, and get a 303. */
export interface FormUse {
  /** The page with the form. A refusal leads back to it. */
  readonly page: string
  /** Next page after success if the form has no `next`. */
  readonly done: string
  /** Notice that the next page shows after success. */
  readonly notice?: string
  /** Members that are checkboxes: a present member means true. */
  readonly checkboxes?: readonly string[]
  /** Fields that the page gets back in its query after a refusal. */
  readonly keeps?: readonly string[]
  /** True if the route accepts forms only, not JSON. */
  readonly only?: true
}

/** One endpoint, with all facts about it in one place. The OpenAPI document is generated from it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path below the base path, in OpenAPI notation: `/sessions/{id}`. */
  readonly path: string
  /** One line for the API reference. */
  readonly summary: string
  readonly access: Access
  /** Meaning of each query parameter, by its name. All query parameters are optional. */
  readonly query?: Readonly<Record<string, string>>
  /** Names of the query parameters that may repeat. */
  readonly repeats?: readonly string[]
  /** Validates the body. Absent: the body is not read. */
  readonly body?: ZodType
  /** Success responses by status: a schema, a media type other than JSON, or null for no body. */
  readonly answers: Readonly<Record<number, ZodType | `${string}/${string}` | null>>
  /** Codes of the refusals that the route adds to the refusals of all routes with the same access. */
  readonly refusals?: readonly string[]
  readonly form?: FormUse
  /**
   * Returns the response for a request without a valid session and without a token. Null or absent: 401
   * `unauthenticated`.
   */
  answerNobody?(request: RouteRequest): Answer | null
  handle(request: RouteRequest): Promise<Answer>
}

type Who<A extends Access> = A extends 'anyone'
  ? SessionPrincipal | null
  : A extends 'user'
    ? Principal
    : SessionPrincipal

/** A route as its feature defines it. `handle` gets the validated body, and a principal if `access` requires one. */
export interface RouteDefinition<A extends Access, Body, Json>
  extends Omit<Route, 'method' | 'path' | 'access' | 'body' | 'handle'> {
  readonly access: A
  readonly body?: ZodType<Body>
  handle(request: RouteRequest<Body, Who<A>>): Promise<Answer<Json>>
}

/** The response of the route in `kernel/wire-routes.ts`; unknown for a route that clients do not call, such as a page. */
type WireAnswer<Key> = Key extends keyof WireRoutes ? WireRoutes[Key]['answer'] : unknown

/** The body and the refusals of the route in `kernel/wire-routes.ts`. */
type Wired<Key> = Key extends keyof WireRoutes
  ? {
      readonly body?: WireRoutes[Key] extends { readonly body: infer Body } ? ZodType<Body> : never
      readonly answers: Readonly<Record<number, ZodType<WireRoutes[Key]['answer']> | null>>
      readonly refusals?: readonly WireRoutes[Key]['refusal'][]
    }
  : unknown

/**
 * Defines a route. The pipeline in `http/app.ts` checks access and body before it calls `handle`. A route that clients
 * call must match the wire interfaces, or the call does not compile.
 */
export function defineRoute<A extends Access, M extends Route['method'], P extends string, Body = undefined>(
  definition: RouteDefinition<A, Body, WireAnswer<`${M} ${P}`>> &
    Wired<`${M} ${P}`> & { readonly method: M; readonly path: P },
): Route {
  // `handle` is called only after access and body were checked against this definition.
  return definition as unknown as Route
}
