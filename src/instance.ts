import type { ServerSideTokens } from './access-tokens/server-side-tokens.ts'
import type { ServerSideUsers } from './accounts/server-side-users.ts'
import type { ServerSideAudit } from './audit/server-side-audit.ts'
import type { AnyRequest, CookieTarget } from './authentication/any-request.ts'
import type { Requirement } from './authentication/requirement.ts'
import type { MailKind } from './catalogue/mails.ts'
import type { ServerSideInvitations } from './invitations/server-side-invitations.ts'
import type { Connection } from './kernel/connection.ts'
import type { Principal } from './kernel/principal.ts'
import type { MailCount } from './mail/mail-counts.ts'
import type { ServerSideSessions } from './sessions/server-side-sessions.ts'
import type { VerificationCounts } from './sessions/verify-session.ts'

/** Numbers about one process. Counts are since its start. */
export interface Stats {
  readonly verifications: VerificationCounts
  readonly cachedSessions: number
  /** Password hashes that wait for a core. */
  readonly hashesWaiting: number
  /** Milliseconds since other nodes were last heard for certain; beyond 1,000 the cache is not used. 0 with SQLite, which is asked each time. */
  readonly invalidationLagMs: number
  /** Outcomes of the emails that this process tried to send. */
  readonly mails: readonly MailCount<MailKind>[]
}

/** One instance of Latchkey. Create one per process. */
export interface Latchkey {
  /** Path under which `handler` answers. */
  readonly basePath: string
  /** Answers every request under `basePath`. Never rejects. */
  handler(request: Request, connection?: Connection): Promise<Response>
  /**
   * Returns the principal of a request, by session cookie or access token, or null. Warm, it costs no query.
   * @param answer receives the renewed cookie of a remembered session (at most once a day); without it the cookie is
   *   renewed on the next request under `basePath`.
   * @throws Refusal `unavailable` if the database does not answer.
   */
  authenticate(request: AnyRequest, answer?: CookieTarget): Promise<Principal | null>
  /**
   * Returns the principal of a request. `toResponse` turns what it throws into an answer.
   * @throws Refusal `unauthenticated`, `invalid_token`, `two_credentials`, `cookie_required`,
   *   `reauthentication_required`, `insufficient_scope`, `unavailable`.
   */
  require(request: AnyRequest, requirement?: Requirement): Promise<Principal>
  /**
   * Refuses an unsafe method (any but GET, HEAD, OPTIONS) that a browser sends for a page of another origin than `baseUrl`
   * and `trustedOrigins`. Routes under `basePath` are protected already; this is for the application's own. Costs no query.
   * @throws Refusal `cross_origin`.
   */
  refuseCrossOrigin(request: AnyRequest): void
  /** Turns an error into an answer: a refusal into problem details, any other error into a bare 500, which `onError` is told. */
  toResponse(error: unknown): Response
  readonly users: ServerSideUsers
  readonly sessions: ServerSideSessions
  readonly tokens: ServerSideTokens
  readonly invitations: ServerSideInvitations
  readonly audit: ServerSideAudit
  /** Resolves if the database answers. Throws Refusal `unavailable` otherwise. */
  ping(): Promise<void>
  /** Lists what is damaged in the database, one line each; empty if nothing is. */
  checkIntegrity(): Promise<readonly string[]>
  /**
   * Deletes expired sessions, tokens and counters now, and audit events past their time. Returns the number of sessions.
   * Runs by itself every five minutes.
   */
  sweep(): Promise<number>
  /**
   * Makes every node forget what it cached about a user whom the application changed in the database itself.
   * @throws Refusal `not_found` if the id is malformed.
   */
  invalidateUser(userId: string): Promise<void>
  /** Returns numbers about this process, for metrics. */
  stats(): Stats
  /**
   * Writes the last uses that are still in memory, seals the audit log, stops the jobs and closes the database. Call it when
   * no request is in progress.
   */
  close(): Promise<void>
}
