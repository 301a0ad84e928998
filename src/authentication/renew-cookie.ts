import { isCompactJwe } from '../crypto/compact-jwe.ts'
import { hashToken } from '../crypto/token.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { NewSecret, Session, SessionPrincipal } from '../kernel/principal.ts'
import type { SessionSealer } from '../sessions/sealed-session.ts'
import type { SessionCache } from '../sessions/session-cache.ts'
import { idleLimitMs, maxSealAgeMs, type SessionSettings } from '../sessions/settings.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { plainToken } from '../sessions/verify-sealed-session.ts'

/** What making session cookies works with. */
export interface SessionCookieDeps extends SessionDeps {
  readonly cache: SessionCache
  readonly cookies: CookieFactory
  readonly sealer: SessionSealer
}

/** The cookie of a session that has a new token: sealed, where the settings say so and it fits. */
export function issueCookie(deps: SessionCookieDeps, issued: NewSecret): Cookie {
  const { clock, cookies, sealer, settings } = deps
  const sealed = settings.token === 'sealed' ? sealer.seal(issued, clock()) : null
  return sessionCookie(cookies, settings, { session: issued.session, token: sealed ?? issued.token })
}

/**
 * The cookie of a session in use, sent again when that is due: a sealed one once an hour, so that it does not reach its idle
 * limit; a remembered one once a day, so that it lives on in the browser. Nearly always it is not due, and nobody waits.
 * @param text what the client sent, which was verified.
 * @returns null when it is not due, or when another request sends it.
 */
export function renewCookie(
  deps: SessionCookieDeps,
  { session, user }: SessionPrincipal,
  text: string,
): Cookie | null | Promise<Cookie | null> {
  const now = deps.clock()
  const { cookieRenewalMs, token: kind } = deps.settings
  const age = now - session.cookieSentAt
  const renewed = (): NewSecret => ({ user, session: { ...session, cookieSentAt: now }, token: plainToken(deps, text) })
  if (kind === 'sealed' && age >= maxSealAgeMs(deps.settings) && !isSealedLately(deps, text, now)) {
    const cookie = issueCookie(deps, renewed())
    if (isCompactJwe(cookie.value)) return cookie
  }
  if (!session.remembered || age < cookieRenewalMs) return null
  return renewRemembered(deps, session, renewed())
}

async function renewRemembered(deps: SessionCookieDeps, session: Session, issued: NewSecret): Promise<Cookie | null> {
  const record = { session, tokenHash: hashToken(issued.token) }
  const isOurs = await deps.sessions.markCookieSent(record, issued.session.cookieSentAt)
  deps.cache.evictSession(session)
  return isOurs ? issueCookie(deps, issued) : null
}

/** What was read of the session does not know when its cookie was sealed. */
function isSealedLately({ sealer, settings }: SessionCookieDeps, text: string, now: number): boolean {
  const sealedAt = isCompactJwe(text) ? sealer.open(text)?.sealedAt : undefined
  return sealedAt !== undefined && now - sealedAt < maxSealAgeMs(settings)
}

/** The cookie of a session: until the browser closes, or, remembered, for the idle limit. */
function sessionCookie(
  cookies: CookieFactory,
  settings: SessionSettings,
  { session, token }: Pick<NewSecret, 'session' | 'token'>,
): Cookie {
  if (!session.remembered) return cookies.make(token)
  const remainingMs = Math.min(idleLimitMs(settings, true), session.expiresAt - session.cookieSentAt)
  return cookies.make(token, { maxAgeSeconds: Math.max(1, Math.floor(remainingMs / 1_000)) })
}
