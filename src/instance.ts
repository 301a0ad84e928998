import type { ServerSideTokens } from './access-tokens/server-side-tokens.ts'
import type { ServerSideUsers } from './accounts/server-side-users.ts'
import type { ServerSideAudit } from './audit/server-side-audit.ts'
import type { AnyRequest, CookieTarget } from './authentication/any-request.ts'
import type {
  ClientRequirement,
  GrantRequirement,
  Requirement,
  SessionRequirement,
} from './authentication/requirement.ts'
import type { MailKind } from './catalogue/mails.ts'
import type { ServerSideFactors } from './factors/server-side-factors.ts'
import type { ServerSideInvitations } from './invitations/server-side-invitations.ts'
import type { Connection } from './kernel/connection.ts'
import type { ClientPrincipal, OAuthPrincipal, Principal, SessionPrincipal } from './kernel/principal.ts'
import type { MailCount } from './mail/mail-counts.ts'
import type { LogoutCount } from './oauth/backchannel/logout-counts.ts'
import type { ServerSideOAuthClients } from './oauth/clients/server-side-clients.ts'
import type { ServerSideSessions } from './sessions/server-side-sessions.ts'
import type { VerificationCounts } from './sessions/verify-session.ts'
import type { ServerSideSigningKeys } from './signing-keys/server-side-signing-keys.ts'

/** Numbers about one process. Counts are since its start. */
export interface Stats {
  readonly verifications: VerificationCounts
  readonly cachedSessions: number
  /** Number of password hashes that wait for a core. */
  readonly hashesWaiting: number
  /**
   * Milliseconds since the last time that all changes of other nodes were known. Above 1,000 the cache is not used. With
   * SQLite, which is checked each time, it is 0.
   */
  readonly invalidationLagMs: number
  /** Outcomes of the emails that this process tried to send. */
  readonly mails: readonly MailCount<MailKind>[]
  /** Outcomes of the messages with which this process tried to tell apps that a session is over. */
  readonly logouts: readonly LogoutCount[]
}

/** One instance of Latchkey. Create one per process. */
export interface Latchkey {
  /** Path of all routes of `handler`: `/auth`. */
  readonly basePath: string
  /** Other paths that `handler` answers, at the root of the server: the metadata of OAuth. Empty if OAuth is off. */
  readonly rootPaths: readonly string[]
  /** Handles every request under `basePath`, and those of `rootPaths`. The promise never rejects. */
  handler(request: Request, connection?: Connection): Promise<Response>
  /**
   * Returns the principal of a request by its session cookie or access token, or null. On a cache hit it needs no query.
   * @param answer receives the renewed cookie of a remembered session, at most once a day, or of a sealed session, at most
   *   once an hour. Without it, and if its headers were already sent, the next request under `basePath` renews the cookie.
   * @throws Refusal `unavailable` if the database does not answer.
   */
  authenticate(request: AnyRequest, answer?: CookieTarget): Promise<Principal | null>
  /**
   * Returns the principal of a request, or throws a refusal. `toResponse` turns the refusal into a response.
   * @param requirement conditions that the principal must meet. Default: none. With `session: true` or `fresh: true` the principal
   *   is a session, also in its type. With `client: true` it can be an app without a user (`kind: 'oauth_client'`), which is refused
   *   otherwise.
   * @throws Refusal `unauthenticated`, `invalid_token`, `two_credentials`, `cookie_required`,
   *   `reauthentication_required`, `insufficient_scope`, `insufficient_user_authentication`, `unavailable`. ConfigurationError if the
   *   requirement is wrong.
   */
  require(request: AnyRequest, requirement: SessionRequirement): Promise<SessionPrincipal>
  require(request: AnyRequest, requirement: GrantRequirement): Promise<SessionPrincipal | OAuthPrincipal>
  require(request: AnyRequest, requirement: ClientRequirement): Promise<Principal | ClientPrincipal>
  require(request: AnyRequest, requirement?: Requirement): Promise<Principal>
  /**
   * Checks a requirement for `require` without a request, so that a wrong one stops the start of the application. The
   * guards `requireAuth` of the adapters call it when they are created.
   * @throws ConfigurationError that names the member, the problem and the accepted values.
   */
  checkRequirement(requirement?: Requirement): void
  /**
   * Refuses a request with an unsafe method (any except GET, HEAD, OPTIONS) that a browser sends from a page of an origin
   * other than `baseUrl` and `trustedOrigins`. Use it in the application's routes; routes under `basePath` are already
   * protected. It needs no query.
   * @throws Refusal `cross_origin`.
   */
  refuseCrossOrigin(request: AnyRequest): void
  /**
   * Turns an error into a response: a refusal into problem details, any other error into a 500 without details. Errors with
   * status 500 or higher are reported to `onError`.
   */
  toResponse(error: unknown): Response
  readonly users: ServerSideUsers
  readonly sessions: ServerSideSessions
  readonly tokens: ServerSideTokens
  readonly factors: ServerSideFactors
  readonly oauthClients: ServerSideOAuthClients
  readonly signingKeys: ServerSideSigningKeys
  readonly invitations: ServerSideInvitations
  readonly audit: ServerSideAudit
  /** Resolves if the database answers. Otherwise throws Refusal `unavailable`. */
  ping(): Promise<void>
  /** Returns the damages of the database, one line each. The list is empty if the database is intact. */
  checkIntegrity(): Promise<readonly string[]>
  /**
   * Deletes expired sessions, tokens, counters and audit events now. Returns the number of deleted sessions. It also runs
   * automatically every five minutes.
   */
  sweep(): Promise<number>
  /**
   * Makes every node forget the cached data of a user. Call it after the application changed the user directly in the
   * database.
   * @throws Refusal `not_found` if the id is malformed.
   */
  invalidateUser(userId: string): Promise<void>
  /** Returns numbers about this process, for metrics. */
  stats(): Stats
  /**
   * Writes the last uses that are still in memory, seals the audit log, stops the jobs and closes the database. Call it when no
   * request is in progress.
   */
  close(): Promise<void>
}
