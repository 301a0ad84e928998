/*
 * Authentication of requests. The pipeline in `http/serve.ts` and the application's routes (`auth.authenticate`,
 * `auth.require`) use it.
 */
import type { Cookie } from '../kernel/cookie.ts'
import { toSetCookie } from '../kernel/cookie-syntax.ts'
import type { Stamp } from '../kernel/event.ts'
import { type Found, when } from '../kernel/found.ts'
import type { Origins } from '../kernel/origins.ts'
import {
  type Authenticated,
  type ClientPrincipal,
  type IssuedSession,
  isClient,
  type OAuthPrincipal,
  type Principal,
  type Session,
  type SessionPrincipal,
} from '../kernel/principal.ts'
import { refuseSurplus } from '../kernel/surplus-arguments.ts'
import { type FreshnessDeps, requireFreshSession } from '../sessions/freshness.ts'
import {
  type AnyRequest,
  addSetCookie,
  type CookieTarget,
  requireCookieTarget,
  requireRequest,
  takesCookie,
} from './any-request.ts'
import { checkRequirement, createRequirementCheck, type RequirementWords, requireClient } from './check-requirement.ts'
import { type Credentials, readCredentials, refuseCredentials } from './credentials.ts'
import { type Identified, type IdentifyContext, type IdentifyDeps, identify } from './identify.ts'
import { alwaysPromise } from './immediate.ts'
import { toPublicPrincipal } from './public-principal.ts'
import { targetOf } from './request-target.ts'
import type { ClientRequirement, GrantRequirement, Requirement, SessionRequirement } from './requirement.ts'
import { issueCookie, NO_COOKIES, type RenewedCookies, renewCookies, type SessionCookieDeps } from './session-cookie.ts'

/** Dependencies of authentication. */
export interface AuthenticationDeps extends IdentifyDeps, SessionCookieDeps, FreshnessDeps, RequirementWords {
  readonly origins: Origins
  /** Stamps events of requests that the application answers itself. */
  readonly stamp: Stamp
}

/** Authenticates requests and writes the session cookie. */
export interface Authentication {
  readCredentials(request: AnyRequest): Credentials
  identify(credentials: Credentials, context: IdentifyContext): Identified
  /** Returns the principal of a request, or null; see `Latchkey.authenticate`. */
  authenticate(request: AnyRequest, answer?: CookieTarget): Promise<Principal | null>
  /** Returns the principal of a request or throws; see `Latchkey.require`. */
  require(request: AnyRequest, requirement: SessionRequirement): Promise<SessionPrincipal>
  require(request: AnyRequest, requirement: GrantRequirement): Promise<SessionPrincipal | OAuthPrincipal>
  require(request: AnyRequest, requirement: ClientRequirement): Promise<Principal | ClientPrincipal>
  require(request: AnyRequest, requirement?: Requirement): Promise<Principal>
  /** Throws ConfigurationError if a requirement is wrong. */
  checkRequirement(requirement?: Requirement): void
  /** Throws `reauthentication_required` unless the session is fresh. */
  requireFresh(session: Session): Promise<void>
  /** Returns the cookie of a session with a new token. It replaces the session cookies of the request, on every domain. */
  issueCookies(issued: IssuedSession, credentials: Credentials | null): readonly Cookie[]
  /**
   * Returns the renewed session cookie, after cookies that delete those of its name on other domains. The list is empty if
   * renewal is not due, the session was not sent in a cookie, or the response takes no cookie anymore.
   * @param takesCookie tells whether the response still takes cookies. Default: it does.
   */
  renewCookies(found: Authenticated, credentials: Credentials, takesCookie?: () => boolean): RenewedCookies
}

/** Creates the authentication of an instance. */
export function createAuthentication(deps: AuthenticationDeps): Authentication {
  const { stamp } = deps
  const cookieName = deps.cookies.name()
  const acceptRequirement = createRequirementCheck(deps)

  function find(request: AnyRequest, credentials: Credentials, resource: string | null): Identified {
    if (credentials.refusal !== null) return null
    return identify(deps, credentials, { stamp, resource, target: () => targetOf(request, deps.origins) })
  }

  function requirePrincipal(
    request: AnyRequest,
    requirement: Requirement | ClientRequirement = {},
    ...surplus: unknown[]
  ): Found<Principal | ClientPrincipal> {
    refuseSurplus('require', 2, surplus)
    acceptRequirement(requirement)
    requireRequest(request)
    const credentials = readCredentials(request, cookieName)
    return when(find(request, credentials, requirement.resource ?? null), (known) => {
      if (known === null) throw refuseCredentials(credentials, requirement.scopes)
      if (isClient(known)) return requireClient(known, requirement)
      return when(checkRequirement(deps, known.principal, requirement), () => toPublicPrincipal(known.principal))
    })
  }

  function authenticate(request: AnyRequest, answer?: CookieTarget): Found<Principal | null> {
    requireRequest(request)
    if (answer !== undefined) requireCookieTarget(answer)
    const credentials = readCredentials(request, cookieName)
    return when(find(request, credentials, null), (known) => {
      if (known === null || isClient(known)) return null
      if (answer === undefined) return toPublicPrincipal(known.principal)
      const due = authentication.renewCookies(known, credentials, () => takesCookie(answer))
      return when(due, (renewed) => {
        for (const cookie of renewed) addSetCookie(answer, toSetCookie(cookie, deps.clock()))
        return toPublicPrincipal(known.principal)
      })
    })
  }

  const authentication: Authentication = {
    readCredentials: (request) => readCredentials(request, cookieName),
    identify: (credentials, context) => identify(deps, credentials, context),
    authenticate: alwaysPromise(authenticate),
    // The interface says which principal each kind of requirement gives.
    require: alwaysPromise(requirePrincipal) as Authentication['require'],
    checkRequirement(requirement = {}, ...surplus: unknown[]) {
      refuseSurplus('checkRequirement', 1, surplus)
      acceptRequirement(requirement)
    },
    requireFresh: (session) => requireFreshSession(deps, session),
    issueCookies: (issued, credentials) =>
      credentials?.hasCookie ? deps.cookies.replace(issueCookie(deps, issued)) : [issueCookie(deps, issued)],
    renewCookies: (found, { sessionCame, rivals }, takesCookieNow = always) =>
      isSession(found) && sessionCame === 'in_cookie'
        ? renewCookies(deps, found, { hasRivals: rivals.length > 0, takesCookie: takesCookieNow })
        : NO_COOKIES,
  }
  return authentication
}

function always(): boolean {
  return true
}

function isSession(found: Authenticated): found is Authenticated<SessionPrincipal> {
  return found.principal.kind === 'session'
}
