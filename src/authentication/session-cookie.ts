/*
 * The session cookie: a login writes it, later requests renew it. Renewal is rarely due, so its check is synchronous and most
 * requests do not await anything.
 */
import { isCompactJwe } from '../crypto/compact-jwe.ts'
import { hashToken } from '../crypto/token.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { Authenticated, IssuedSession, Session, SessionPrincipal } from '../kernel/principal.ts'
import type { SessionSealer } from '../sessions/sealed-session.ts'
import type { SessionCache } from '../sessions/session-cache.ts'
import { idleLimitMs, maxSealAgeMs } from '../sessions/settings.ts'
import type { SessionDeps } from '../sessions/start-session.ts'

/** Dependencies of session cookies. */
export interface SessionCookieDeps extends SessionDeps {
  readonly cache: SessionCache
  readonly cookies: CookieFactory
  readonly sealer: SessionSealer
}

/** Returns the cookie of a session with a new token: sealed if the settings say so and the package fits. */
export function issueCookie(deps: SessionCookieDeps, issued: IssuedSession): Cookie {
  const { clock, sealer, sessionSettings } = deps
  const sealed = sessionSettings.token === 'sealed' ? sealer.seal(issued, clock()) : null
  return sessionCookie(deps, issued.session, sealed ?? issued.token)
}

/** Cookies that renew a session cookie. It is a promise only if the storage is written. */
export type RenewedCookies = readonly Cookie[] | Promise<readonly Cookie[]>

/** The list of a session whose renewal is not due. */
export const NO_COOKIES: readonly Cookie[] = []

/** Properties of the request and its response that renewal depends on. */
export interface RenewalContext {
  /** True if the request has other, dead session cookies: then renewal is due, which leaves the live one only. */
  readonly hasRivals: boolean
  /** Returns false if the response takes no cookie anymore: then the next request renews it. */
  readonly takesCookie: () => boolean
}

/**
 * Returns the renewed cookie of a session in use, after cookies that delete those of its name on other domains. The list is
 * empty if renewal is not due, another request renews it, or the response takes no cookie anymore. A sealed cookie is sealed
 * again once an hour, so that it does not reach its idle limit. A remembered cookie is sent again once a day, so that the
 * browser keeps it.
 */
export function renewCookies(
  deps: SessionCookieDeps,
  found: Authenticated<SessionPrincipal>,
  { hasRivals, takesCookie }: RenewalContext,
): RenewedCookies {
  const now = deps.clock()
  const { session } = found.principal
  if (hasRivals) return takesCookie() ? deps.cookies.replace(issueCookie(deps, renewed(found, now))) : NO_COOKIES
  const { cookieRenewalMs, token: kind } = deps.sessionSettings
  const age = now - session.cookieSentAt
  const isRenewalDue = session.remembered && age >= cookieRenewalMs
  const isSealDue =
    kind === 'sealed' && age >= maxSealAgeMs(deps.sessionSettings) && !isSealedRecently(deps, found, now)
  if ((!isSealDue && !isRenewalDue) || !takesCookie()) return NO_COOKIES
  if (isSealDue) {
    const cookie = issueCookie(deps, renewed(found, now))
    if (isCompactJwe(cookie.value)) return deps.cookies.replace(cookie)
  }
  if (!isRenewalDue) return NO_COOKIES
  return renewRemembered(deps, session, renewed(found, now))
}

function renewed({ principal: { user, session }, token }: Authenticated<SessionPrincipal>, now: number): IssuedSession {
  if (token === null) throw new TypeError('A session was authenticated without its token')
  return { user, session: { ...session, cookieSentAt: now }, token }
}

async function renewRemembered(
  deps: SessionCookieDeps,
  session: Session,
  issued: IssuedSession,
): Promise<readonly Cookie[]> {
  const record = { session, tokenHash: hashToken(issued.token) }
  const isOurs = await deps.sessions.markCookieSent(record, issued.session.cookieSentAt)
  deps.cache.evictSession(session)
  return isOurs ? deps.cookies.replace(issueCookie(deps, issued)) : NO_COOKIES
}

/** The storage does not record when a cookie was sealed; only the sealed cookie contains that time. */
function isSealedRecently(
  { sessionSettings }: SessionCookieDeps,
  { sealedAt }: Authenticated<SessionPrincipal>,
  now: number,
): boolean {
  return sealedAt !== null && now - sealedAt < maxSealAgeMs(sessionSettings)
}

/** Returns the cookie. It lasts until the browser closes, or for a remembered session until the idle limit. */
function sessionCookie({ cookies, sessionSettings }: SessionCookieDeps, session: Session, value: string): Cookie {
  if (!session.remembered) return cookies.make(value)
  const remainingMs = Math.min(idleLimitMs(sessionSettings, true), session.expiresAt - session.cookieSentAt)
  return cookies.make(value, { maxAgeSeconds: Math.max(1, Math.floor(remainingMs / SECOND_MS)) })
}
