/*
 * The composition root: options in, one instance out. Wiring, no decisions.
 */
import { randomUUID } from 'node:crypto'
import { accessTokenRoutes } from './access-tokens/routes.ts'
import { createServerSideTokens, type ServerSideTokens } from './access-tokens/server-side-tokens.ts'
import { DEFAULT_ACCESS_TOKEN_SETTINGS } from './access-tokens/settings.ts'
import { sweepAccessTokens } from './access-tokens/sweep-access-tokens.ts'
import { verifyAccessToken } from './access-tokens/verify-access-token.ts'
import { deleteUser } from './accounts/change-user.ts'
import { emailRoutes } from './accounts/email-routes.ts'
import { accountRoutes } from './accounts/routes.ts'
import { createServerSideUsers, type ServerSideUsers } from './accounts/server-side-users.ts'
import { DEFAULT_AUDIT_SETTINGS, SEAL_INTERVAL_MS, sealAudit, sweepAudit } from './audit/keep-audit.ts'
import { createServerSideAudit, type ServerSideAudit } from './audit/server-side-audit.ts'
import {
  type AnyRequest,
  addSetCookie,
  type CookieTarget,
  cameTwice,
  headerReader,
} from './authentication/any-request.ts'
import {
  type Credentials,
  type Identity,
  NO_CREDENTIALS,
  readCredentials,
  refuseCredentials,
} from './authentication/credentials.ts'
import { issueCookie, renewCookie } from './authentication/renew-cookie.ts'
import { createJwtSigner } from './crypto/jwt.ts'
import { createPasswordHasher } from './crypto/password-hasher.ts'
import { createSigner } from './crypto/signature.ts'
import { forwardAuthRoutes } from './forward-auth/routes.ts'
import { commonHeaders } from './http/answer.ts'
import { createApp } from './http/app.ts'
import { createClientAddress } from './http/client-address.ts'
import { refuseCrossOrigin } from './http/cross-origin.ts'
import { documentRoutes } from './http/document-routes.ts'
import { listFeatures } from './http/features.ts'
import { refusalResponse } from './http/refusal-response.ts'
import { createTracer } from './http/tracer.ts'
import { createServerSideInvitations, type ServerSideInvitations } from './invitations/server-side-invitations.ts'
import { systemClock } from './kernel/clock.ts'
import type { Connection } from './kernel/connection.ts'
import type { Cookie } from './kernel/cookie.ts'
import { createCookieFactory } from './kernel/cookie.ts'
import { toSetCookie } from './kernel/cookie-syntax.ts'
import type { Stamp } from './kernel/event.ts'
import { parseUserId } from './kernel/ids.ts'
import { guardListener, guardReporter, guardStatements } from './kernel/listeners.ts'
import { isLocalOrigin } from './kernel/origins.ts'
import { hasScopes, type Principal } from './kernel/principal.ts'
import { Refusal } from './kernel/refusal.ts'
import { createUseCollector } from './kernel/use-collector.ts'
import { VERSION } from './kernel/version.ts'
import { createProveElsewhere } from './login/legacy-login.ts'
import { createRequireVerified } from './login/require-verified.ts'
import { loginRoutes } from './login/routes.ts'
import type { MailDelivery } from './mail/deliver-mails.ts'
import { devMailRoute } from './mail/dev-mail-route.ts'
import { createLinks } from './mail/links.ts'
import type { MailCount } from './mail/mail-counts.ts'
import { createMailing } from './mail/mailing.ts'
import { sweepOneTimeTokens } from './one-time-tokens/one-time-token.ts'
import { checkOptions } from './options/check-options.ts'
import type { LatchkeyOptions } from './options/options.ts'
import { readSecrets } from './options/read-secrets.ts'
import { createPageRenderer } from './pages/page.ts'
import { pageRoutes } from './pages/routes.ts'
import { createBreachList } from './passwords/breach-list.ts'
import { isCommonPassword } from './passwords/common-passwords.ts'
import { DEFAULT_MIN_PASSWORD_LENGTH } from './passwords/password.ts'
import { passwordResetRoutes, passwordRoutes } from './passwords/routes.ts'
import { registrationRoutes } from './registration/routes.ts'
import { requireFreshSession, requireSession } from './sessions/freshness.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { createSessionSealer } from './sessions/sealed-session.ts'
import { createServerSideSessions, type ServerSideSessions } from './sessions/server-side-sessions.ts'
import { createSessionCache, type SessionCache } from './sessions/session-cache.ts'
import { DEFAULT_SESSION_SETTINGS } from './sessions/settings.ts'
import { createSuspects } from './sessions/suspects.ts'
import { sweepRegularly, sweepSessions } from './sessions/sweep-sessions.ts'
import { plainToken, verifySessionText } from './sessions/verify-sealed-session.ts'
import type { VerificationCounts } from './sessions/verify-session.ts'
import { callBoth } from './storage/storage.ts'
import { DEFAULT_THROTTLE_SETTINGS } from './throttle/settings.ts'
import { sweepCounters } from './throttle/sweep-counters.ts'
import { createThrottle } from './throttle/throttle.ts'

/** What `require` asks of a principal. */
export interface Requirement {
  /** Proven within the freshness limit (10 minutes by default). */
  readonly fresh?: boolean
  /** Scopes that the principal must have, all of them. A session has every scope. */
  readonly scopes?: readonly string[]
  /** Logged in: no access token will do. */
  readonly session?: boolean
}

/** Numbers about one process. Counts are since its start. */
export interface Stats {
  readonly verifications: VerificationCounts
  readonly cachedSessions: number
  /** Password hashes that wait for a core. */
  readonly hashesWaiting: number
  /** Milliseconds since other nodes were last surely heard; beyond 1,000 the cache is not used. 0 with SQLite, which is asked each time. */
  readonly invalidationLagMs: number
  /** What came of the mails that this process sent or tried to. */
  readonly mails: readonly MailCount[]
}

/** One instance of Latchkey. Make one per process. */
export interface Latchkey {
  /** Path under which `handler` answers. */
  readonly basePath: string
  /** Answers every request under `basePath`. Never rejects. */
  handler(request: Request, connection?: Connection): Promise<Response>
  /**
   * Says who a request is from, by session cookie or access token; null when nobody. Warm, it costs no query.
   * @param answer where to put the renewed cookie of a remembered session (at most once a day); without it the cookie
   *   is renewed on the next request under `basePath`.
   * @throws Refusal `unavailable` when the database does not answer.
   */
  authenticate(request: AnyRequest, answer?: CookieTarget): Promise<Principal | null>
  /**
   * The principal, or a thrown refusal: unauthenticated, invalid_token, two_credentials,
   * cookie_required, reauthentication_required, insufficient_scope.
   * `toResponse` makes an answer of it.
   */
  require(request: AnyRequest, requirement?: Requirement): Promise<Principal>
  /**
   * Throws the refusal `cross_origin` for an unsafe method (any but GET, HEAD, OPTIONS) that a browser sends for a page of
   * another origin than `baseUrl` and `trustedOrigins`. Routes under `basePath` are protected already; this is for the
   * application's own. Costs no query.
   */
  refuseCrossOrigin(request: AnyRequest): void
  /** What `require` threw, as problem details; a bare 500 for anything that is no refusal, which `onError` is told. */
  toResponse(error: unknown): Response
  readonly users: ServerSideUsers
  readonly sessions: ServerSideSessions
  readonly tokens: ServerSideTokens
  readonly invitations: ServerSideInvitations
  readonly audit: ServerSideAudit
  /** Resolves when the database answers; throws the refusal `unavailable` otherwise. */
  ping(): Promise<void>
  /** What is damaged in the database, one line each; empty when all is well. */
  checkIntegrity(): Promise<readonly string[]>
  /**
   * Deletes expired sessions now, and of the audit what is past its time; says how many sessions. Runs by itself every
   * five minutes.
   */
  sweep(): Promise<number>
  /**
   * Makes every node forget what it knows of a user, whom the application changed in the database itself.
   * @throws Refusal `not_found` for what is no id.
   */
  invalidateUser(userId: string): Promise<void>
  /** Numbers about this process, for metrics. */
  stats(): Stats
  /**
   * Writes the last uses that are still in memory, seals the audit, stops the sweep and closes the database. Call it when
   * no request is under way.
   */
  close(): Promise<void>
}

/**
 * Makes an instance: checks the options, opens the storage, builds the route table.
 * @throws ConfigurationError that names the setting, what is wrong, and what would be right.
 */
export async function createLatchkey(options: LatchkeyOptions): Promise<Latchkey> {
  checkOptions(options)
  const {
    storage,
    basePath = '/auth',
    registration = 'open',
    verifyEmail = 'optional',
    clock = systemClock,
    actor = 'application',
  } = options
  const baseUrl = new URL(options.baseUrl)
  const origins = { own: baseUrl.origin, trusted: new Set(options.trustedOrigins) }
  const authUrl = `${baseUrl.origin}${basePath}`
  const siteName = options.siteName ?? baseUrl.host
  const settings = { ...DEFAULT_SESSION_SETTINGS, ...options.session }
  const auditSettings = { ...DEFAULT_AUDIT_SETTINGS, ...options.audit }
  const minPasswordLength = options.password?.minLength ?? DEFAULT_MIN_PASSWORD_LENGTH
  const contextWords = [siteName, baseUrl.hostname, ...(options.password?.contextWords ?? [])]
  const onError = guardReporter(options.onError)
  const reportBackground = (error: unknown): void => onError(error, null)
  const onEvent = guardListener(options.onEvent, onError)
  const stamp: Stamp = (event) => ({ ...event, at: clock(), actor, requestId: null, client: null })

  const secrets = readSecrets(options)
  const signer = createSigner(secrets, 'flash')
  const jwtSigner = options.forwardAuth?.jwt ? createJwtSigner(secrets, 'forward-auth') : null
  const mailing = createMailing({
    ...options,
    secrets,
    isDevelopment: isLocalOrigin(baseUrl) && process.env.NODE_ENV !== 'production',
    siteName,
    host: baseUrl.hostname,
    texts: options.mailTexts,
    clock,
  })
  let delivery: MailDelivery | null = null
  let sessionCache: SessionCache | null = null
  const tracer = await createTracer(VERSION)
  const stores = await storage.open({
    sessions: options.sessionStorage,
    onStatement: callBoth(tracer.statement, guardStatements(options.onStatement, onError)),
    onEffects({ events, mails = [] }) {
      events.forEach(onEvent)
      if (mails.length > 0) delivery?.wake()
    },
    onChanges: (changes) => sessionCache?.follow(changes),
    onError: reportBackground,
  })
  const cookies = createCookieFactory({ baseUrl, domain: options.cookie?.domain })
  const cookieName = cookies.name()
  const suspects = createSuspects(stores.sessions.recentChanges, clock, reportBackground)
  const cache = createSessionCache(settings.cacheSize, settings.token === 'sealed' ? suspects : null)
  sessionCache = cache
  const touches = createUseCollector(stores.sessions.writeTouches, reportBackground)
  const tokenUses = createUseCollector(stores.accessTokens.writeUses, reportBackground)
  const verifications = { warm: 0, cold: 0, refused: 0 }
  const deps = {
    ...stores,
    throttle: createThrottle({
      store: stores.counters,
      settings: { ...DEFAULT_THROTTLE_SETTINGS, ...options.throttle },
      secrets,
      clock,
    }),
    cache,
    sealer: createSessionSealer(secrets),
    suspects,
    touches,
    tokenUses,
    accessTokenSettings: { ...DEFAULT_ACCESS_TOKEN_SETTINGS, ...options.accessTokens },
    scopes: options.scopes ?? [],
    verifications,
    clock,
    settings,
    registration,
    cookies,
    signer,
    origins,
    basePath,
    minPasswordLength,
    hasher: createPasswordHasher(options.passwordHashing),
    policy: {
      minLength: minPasswordLength,
      contextWords,
      isCommon: isCommonPassword,
      isBreached: options.password?.breachUrl === undefined ? null : createBreachList(options.password.breachUrl),
    },
    verifyEmailMode: verifyEmail,
    mail: mailing.writer,
    sendsMail: mailing.isOn,
    links: createLinks(authUrl),
    render: createPageRenderer(siteName, options.trustedOrigins ?? []),
  }

  const routes = [
    ...registrationRoutes(deps),
    ...accountRoutes(deps),
    ...loginRoutes({
      ...deps,
      proveElsewhere: createProveElsewhere({ ...deps, verifyLegacy: options.verifyLegacy, onError }),
      requireVerified: createRequireVerified(deps, verifyEmail),
    }),
    ...sessionRoutes(deps),
    ...accessTokenRoutes(deps),
    ...forwardAuthRoutes({ ...deps, authUrl, jwtSigner }),
    ...passwordRoutes(deps),
    ...(mailing.isOn ? [...passwordResetRoutes(deps), ...emailRoutes(deps)] : []),
    ...(mailing.developmentMailer === null ? [] : [devMailRoute(mailing.developmentMailer)]),
    ...pageRoutes({ ...deps, deleteUser: (id, noteEvent) => deleteUser(deps, id, noteEvent) }),
  ]
  const documents = documentRoutes(
    {
      origin: origins.own,
      basePath,
      cookieName,
      features: listFeatures({
        takesRegistrations: registration !== 'closed',
        verifiesEmail: verifyEmail !== 'off',
        sendsMail: mailing.isOn,
      }),
      render: deps.render,
    },
    routes,
  )

  const credentialsOf = (request: AnyRequest): Credentials =>
    cameTwice(request, 'authorization')
      ? { ...NO_CREDENTIALS, refusal: 'two_credentials' }
      : readCredentials(headerReader(request), cookieName)

  function verify(
    { sessionToken, accessToken }: Credentials,
    noteEvent: Stamp,
  ): Principal | null | Promise<Principal | null> {
    if (sessionToken !== null) return verifySessionText(deps, sessionToken, noteEvent)
    return accessToken === null ? null : verifyAccessToken(deps, accessToken)
  }

  async function identify(request: AnyRequest, noteEvent: Stamp): Promise<Identity> {
    const credentials = credentialsOf(request)
    if (credentials.refusal !== null) throw refuseCredentials(credentials)
    return { credentials, principal: await verify(credentials, noteEvent) }
  }

  function cookieToRenew({ principal, credentials }: Identity): Cookie | null | Promise<Cookie | null> {
    const { sessionToken, sessionCame } = credentials
    if (principal?.kind !== 'session' || sessionToken === null || sessionCame !== 'in_cookie') return null
    return renewCookie(deps, principal, sessionToken)
  }

  const handler = createApp({
    ...deps,
    routes: [...routes, ...documents],
    authUrl,
    tracer,
    identify,
    requireFresh: (session) => requireFreshSession(deps, session),
    sessionCookie: (issued) => issueCookie(deps, issued),
    plainToken: (text) => plainToken(deps, text),
    renewCookie: cookieToRenew,
    clientAddress: createClientAddress(options.trustProxy ?? 0),
    onEvent,
    onError,
    onRequest: guardListener(options.onRequest, onError),
  })

  delivery = mailing.start({ ...deps, stamp, onError: reportBackground })

  async function sweep(): Promise<number> {
    await sweepCounters(deps.throttle)
    await sweepOneTimeTokens(deps)
    await sweepAccessTokens(deps)
    await sweepAudit(deps, auditSettings)
    return sweepSessions(deps, stamp)
  }
  const stopSweeping = sweepRegularly(sweep, options.sweepIntervalMs, reportBackground)
  const sealIntervalMs = options.sweepIntervalMs === 0 ? 0 : SEAL_INTERVAL_MS
  const stopSealing = sweepRegularly(() => sealAudit(deps), sealIntervalMs, reportBackground)

  return {
    basePath,
    handler,
    async authenticate(request, answer) {
      const credentials = credentialsOf(request)
      const found = verify(credentials, stamp)
      const principal = found instanceof Promise ? await found : found // a warm session waits for nothing
      if (principal !== null && answer !== undefined) {
        const due = cookieToRenew({ principal, credentials })
        const cookie = due instanceof Promise ? await due : due
        if (cookie !== null) addSetCookie(answer, toSetCookie(cookie, clock()))
      }
      return principal
    },
    async require(request, { fresh = false, session = false, scopes = [] } = {}) {
      const { principal, credentials } = await identify(request, stamp)
      if (principal === null) throw refuseCredentials(credentials)
      if (session) requireSession(principal)
      if (fresh) requireFreshSession(deps, requireSession(principal).session)
      if (!hasScopes(principal, scopes)) throw new Refusal('insufficient_scope', { scopes })
      return principal
    },
    refuseCrossOrigin: (request) => refuseCrossOrigin(request.method ?? '', headerReader(request), origins),
    toResponse(error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal_error')
      const requestId = randomUUID()
      if (refusal.status >= 500) onError(error, requestId)
      const headers = new Headers(commonHeaders(baseUrl.protocol === 'https:'))
      headers.set('X-Request-Id', requestId)
      return refusalResponse(refusal, { authUrl, cookieName }, { headers, cookies: [], now: clock() })
    },
    users: createServerSideUsers(deps, stamp),
    sessions: createServerSideSessions(deps, stamp),
    tokens: createServerSideTokens(deps, stamp),
    invitations: createServerSideInvitations(deps, stamp),
    audit: createServerSideAudit(deps, auditSettings),
    ping: () => stores.ping(),
    checkIntegrity: () => stores.checkIntegrity(),
    sweep,
    async invalidateUser(id) {
      const userId = parseUserId(id)
      if (userId === null) throw new Refusal('not_found', { detail: 'This is no id of a user.' })
      await stores.sessions.invalidateUser(userId)
    },
    stats: () => ({
      verifications: { ...verifications },
      cachedSessions: cache.size,
      hashesWaiting: deps.hasher.waiting,
      invalidationLagMs: stores.sessions.lagMs(),
      mails: mailing.counts(),
    }),
    async close() {
      stopSweeping()
      stopSealing()
      await delivery?.stop()
      for (const uses of [touches, tokenUses]) {
        uses.stop()
        await uses.flush().catch(reportBackground)
      }
      await sealAudit(deps).catch(reportBackground)
      await stores.close()
    },
  }
}
