import type { ZodType } from 'zod'
import type { Access } from './access.ts'
import type { Call, CallTypes } from './call.ts'
import type { Cookie } from './cookie.ts'
import type { Stamp } from './event.ts'
import type { FieldProblemCode } from './field-problem.ts'
import type { Notice } from './flash.ts'
import type { Kept } from './page-view.ts'
import type { ClientInfo, ClientPrincipal, IssuedSession, Principal, SessionPrincipal } from './principal.ts'
import type { Quota } from './quota.ts'
import type { RefusalEntry } from './refusal-entry.ts'

/** Header with the token of a login attempt, for an app without cookies. */
export const ATTEMPT_HEADER = 'Latchkey-Attempt'

/** A request as a route sees it: only the parts of HTTP that the contract is about. */
export interface RouteRequest<Body = unknown, Who extends Principal | null = Principal | null> {
  readonly body: Body
  /** Path parameters, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>
  /** Returns every value of each query parameter. */
  readonly queryAll: () => Readonly<Record<string, readonly string[]>>
  /** True if the client asks for the headers only (HEAD): a route with costly work skips it. */
  readonly isHead: boolean
  readonly principal: Who
  /** Returns the token of the principal's session; null without a session. The first call opens a sealed cookie. */
  readonly sessionToken: () => Who extends SessionPrincipal ? string : string | null
  readonly client: ClientInfo
  /** True for an app without cookies: its session and its login attempt are sent in headers. */
  readonly isCookieless: boolean
  /** What the form of one of our pages passes on; null if the body is JSON. */
  readonly form: Kept | null
  /** Returns true if a browser navigates to the route. */
  readonly wantsHtml: () => boolean
  /** Returns the values of one of our cookies, by its suffix. Nested domains can have several; at most four are returned. */
  readonly cookies: (suffix: string) => readonly string[]
  /** Returns a header by its name, for routes that read what proxies send. */
  readonly header: (name: string) => string | null
  /** Returns true if the request comes from this machine and no proxy forwarded it. */
  readonly isLocal: () => boolean
  readonly stamp: Stamp
  /** Adds the rest of a budget to the headers of the answer, whether it is a success or a refusal. */
  readonly reportQuota: (quota: Quota) => void
}

/** The answer of a route. */
export interface Answer<Json = unknown> {
  readonly status: number
  /** JSON value. */
  readonly body?: Json
  /** Text of another type. */
  readonly text?: {
    readonly type: string
    readonly content: string | Uint8Array<ArrayBuffer>
    readonly policy?: string
  }
  /** Parts of a JSON text. Each is asked for when the client has read the one before it. */
  readonly stream?: AsyncIterator<string>
  /** File name: the browser saves the body under this name instead of showing it. */
  readonly fileName?: string
  /** The notice on the page after a form, in place of the form's own notice. */
  readonly notice?: Notice
  /** A new secret that the page after a form shows once. */
  readonly secret?: string
  /** More headers, by name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Next location for a browser: a path or an allowed URL. */
  readonly location?: string
  /** A session with its new secret. A browser gets it as the cookie, an app without cookies in a header. */
  readonly session?: IssuedSession
  /** The token of a login in progress. A browser gets it as the cookie, an app without cookies in a header. */
  readonly attempt?: { readonly token: string; readonly cookie: Cookie }
  /** Next page of a form instead of its `done`, below the base path. `next` applies when the login is complete. */
  readonly formLocation?: string
  readonly cookies?: readonly Cookie[]
}

/** The answer to HEAD of a route that skips its work. */
export const HEAD_ANSWER: Answer<never> = { status: 200, headers: { 'Content-Type': 'application/json' } }

/** How a route serves the forms of our own pages. Without JavaScript they POST urlencoded data and get a 303. */
export interface FormUse {
  /** The page that has the form. A refusal redirects back to it. */
  readonly page: string
  /** Where a success redirects if the form has no `next`. */
  readonly done: string
  /** The notice on the page after a success: table and name of a text, such as `sessions.loggedOut`. */
  readonly notice?: string
  /** Fields that a refusal marks, by its code: `{ wrong_password: ['currentPassword', 'wrong_password'] }`. */
  readonly marks?: Readonly<Record<string, readonly [field: string, problem: FieldProblemCode]>>
  /** Fields that are checkboxes. A field that is present means true. */
  readonly checkboxes?: readonly string[]
  /** True: a success keeps `next` and `remember` in the query of `done` instead of going to `next`. Default false. */
  readonly keepsNext?: true
  /**
   * When the form sends an email with a link: after a success, or with a refusal of this code. The page that the link opens in the same
   * browser then continues to `next`.
   */
  readonly sendsLink?: 'success' | RefusalEntry['code']
  /** True: the form of a page that an emailed link opens. A success ends the way to `next`. Default false. */
  readonly endsLink?: true
  /** Query of the page to which a refusal redirects. */
  readonly query?: Readonly<Record<string, string>>
  /** Fields that a refusal passes back to the page in its query. */
  readonly keeps?: readonly string[]
  /** The route serves forms only and does not accept JSON. */
  readonly only?: true
}

/** A request as an endpoint of another protocol sees it: not parsed. */
export interface ProtocolRequest {
  readonly request: Request
  /** When its head arrived by the clock of the machine, milliseconds since 1970 UTC. The body may come later. */
  readonly arrivedAt: number
  /** The body, at most 16 KiB. */
  readonly body: Uint8Array
  /** The user who is logged in; null without a login, or if the endpoint does not look at cookies. */
  readonly principal: SessionPrincipal | null
  /** The token of that session; null without one. */
  readonly sessionToken: string | null
  readonly client: ClientInfo
  readonly stamp: Stamp
}

/** How an endpoint of another protocol answers. */
export interface ProtocolUse {
  /**
   * True: browsers navigate to it, and the session cookie counts. Absent: programs call it, from pages of any origin; cookies
   * are ignored, and refusals are errors of RFC 6749.
   */
  readonly isForBrowsers?: true
  respond(request: ProtocolRequest): Promise<Answer>
}

/** A request whose body the schema refused. */
export type RefusedRequest = Pick<RouteRequest, 'principal' | 'stamp'>

/** One endpoint, with everything that the app, the OpenAPI document and the reference need. */
export interface Route extends Omit<Call, 'types'> {
  /** One line for the reference. */
  readonly summary: string
  /** The query parameters and their meaning. All of them are optional. */
  readonly query?: Readonly<Record<string, string>>
  /** The query parameters that may repeat. */
  readonly repeats?: readonly string[]
  /** The query parameters that are whole numbers. */
  readonly numbers?: readonly string[]
  /** Validates the body. Absent: the route accepts no body. */
  readonly body?: ZodType
  /** Maximum size of the body in bytes. Default: 16 KiB. */
  readonly maxBodyBytes?: number
  /**
   * Runs the checks of the action on a body that the schema refused, so that the client learns of all problems at once.
   * @param members the members of the body, of any type.
   * @throws Refusal `validation_failed`. A problem of a member that the schema reported is ignored.
   */
  checkRefused?(members: Readonly<Record<string, unknown>>, request: RefusedRequest): Promise<void>
  /** The success answers by status: a schema, a media type other than JSON, or null for an empty answer. */
  readonly answers: Readonly<Record<number, ZodType | `${string}/${string}` | null>>
  readonly form?: FormUse
  /** `application`: forwarded host and scheme are those of an application behind forward-auth, not those of Latchkey. */
  readonly forwardedBy?: 'application'
  /** True: refuses requests that a browser sends for pages of other origins, also with GET. */
  readonly refusesOtherOrigins?: true
  /** True: pages of any origin may send the request, as a provider posts its answer. The route itself knows what is wanted. */
  readonly acceptsOtherOrigins?: true
  /** True: pages of any origin may read the answer, without credentials. */
  readonly isPublic?: true
  /** True: the path is at the root of the server, not below the base path. */
  readonly isAtRoot?: true
  /** The endpoint has a protocol of its own: its requests are neither parsed nor refused for their origin. */
  readonly protocol?: ProtocolUse
  /** Answers a request that has no valid session and no token. Null or absent: 401 unauthenticated. */
  answerNobody?(request: RouteRequest): Answer | null
  /** Answers an app that acts for itself, without a user. Absent: 403 insufficient_scope, unless anyone may call the route. */
  answerApp?(request: RouteRequest, app: ClientPrincipal): Answer
  /**
   * What a login in progress may do here instead of a session: set up a factor that the login requires. The access of the route is
   * then not checked.
   */
  readonly inLogin?: InLogin
  handle(request: RouteRequest): Promise<Answer>
}

/** The use of a route in a login in progress. */
export interface InLogin<Body = unknown, Json = unknown> {
  /** Returns true if the request belongs to a login in progress that waits for this route. */
  isOpen(request: RouteRequest<undefined>): Promise<boolean>
  handle(request: RouteRequest<Body, SessionPrincipal | null>): Promise<Answer<Json>>
}

type Who<A extends Access> = A extends 'anyone'
  ? SessionPrincipal | null
  : A extends 'user'
    ? Principal
    : SessionPrincipal

/** The success answers of a route: JSON as its call states it, or nothing. A call without an answer leaves it open. */
type Answers<Json> = unknown extends Json ? Route['answers'] : Readonly<Record<number, ZodType<Json> | null>>

/** The schema of the body, if the call has one. */
type BodyPart<Body> = Body extends undefined ? { readonly body?: never } : { readonly body: ZodType<Body> }

/** The meaning of each query parameter, if the call has any. */
type QueryPart<Query> = Query extends undefined
  ? { readonly query?: never }
  : { readonly query: Readonly<Record<keyof Query & string, string>> }

/** What a route adds to its call. `handle` gets the validated body, and a principal if the call requires one. */
export type RouteDefinition<A extends Access, Types extends CallTypes> = Pick<
  Route,
  | 'summary'
  | 'repeats'
  | 'numbers'
  | 'form'
  | 'forwardedBy'
  | 'answerNobody'
  | 'answerApp'
  | 'checkRefused'
  | 'refusesOtherOrigins'
  | 'maxBodyBytes'
  | 'acceptsOtherOrigins'
  | 'isPublic'
> &
  BodyPart<Types['body']> &
  QueryPart<Types['query']> & {
    readonly answers: Answers<Types['answer']>
    readonly inLogin?: InLogin<Types['body'], Types['answer']>
    handle(request: RouteRequest<Types['body'], Who<A>>): Promise<Answer<Types['answer']>>
  }

/**
 * Builds a route of a call. A route that differs from its call does not compile.
 * @param call a call of the room's `wire.ts`; for a page or a form, a call of its own.
 */
export function defineRoute<A extends Access, Types extends CallTypes>(
  call: Call<A, Types>,
  definition: RouteDefinition<NoInfer<A>, NoInfer<Types>>,
): Route {
  // The pipeline in `http/serve.ts` checks access and body before it calls `handle`.
  return { ...call, ...definition } as unknown as Route
}
