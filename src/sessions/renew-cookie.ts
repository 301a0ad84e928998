import { hashToken } from '../crypto/token.ts'
import type { Session } from '../kernel/principal.ts'
import type { Cookie } from '../kernel/route.ts'
import { type CookieJar, sessionCookie } from './session-cookie.ts'
import type { SessionDeps } from './start-session.ts'

/**
 * The cookie of a remembered session, sent again so that it lives on in the browser: at most once a day, while in use.
 * @returns null when it is not due, or when another request sends it.
 */
export async function renewCookie(
  deps: SessionDeps & { readonly jar: CookieJar },
  session: Session,
  token: string,
): Promise<Cookie | null> {
  const now = deps.clock()
  if (!session.remembered || now - session.cookieSentAt < deps.settings.cookieRenewalMs) return null
  const isOurs = await deps.sessions.markCookieSent({ session, tokenHash: hashToken(token) }, now)
  deps.cache.evictSession(session)
  if (!isOurs) return null
  return sessionCookie(deps.jar, deps.settings, { session: { ...session, cookieSentAt: now }, token })
}
