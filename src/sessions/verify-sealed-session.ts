import { digestToken } from '../crypto/token.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import type { SessionEvent } from './events.ts'
import type { OpenedSession, SessionSealer } from './sealed-session.ts'
import { maxSealAgeMs } from './settings.ts'
import { CLOCK_SKEW_MS, type Suspects } from './suspects.ts'
import { type AuthenticatedSession, isAlive, type VerifyDeps, verifySession } from './verify-session.ts'

/** Dependencies of `verifySealedSession`. */
export interface VerifySealedDeps extends VerifyDeps {
  readonly sealer: SessionSealer
  readonly suspects: Suspects
}

/**
 * Returns the principal for a sealed session cookie. A sealed session is trusted without a read, on a cache hit or miss, while
 * it is young and neither the session nor its user changed recently. Otherwise the token in it is verified like an opaque
 * token. Sealed cookies are also verified this way after the setting is changed back to `opaque`.
 * @returns null for a cookie that is altered, malformed, unknown, revoked or expired.
 */
export function verifySealedSession(
  deps: VerifySealedDeps,
  text: string,
  stamp: Stamp<SessionEvent>,
): AuthenticatedSession | null | Promise<AuthenticatedSession | null> {
  const digest = digestToken(text)
  const { cache, clock, sessionSettings, verifications } = deps
  const mayBelieve = sessionSettings.token === 'sealed' && cache.follow(deps.sessions.changesElsewhere())
  const { version } = cache
  const cached = mayBelieve ? cache.get(digest) : undefined
  const now = clock()
  if (cached !== undefined && isYoung(deps, cached.session.cookieSentAt, now) && isAlive(cached.session, now)) {
    verifications.warm++
    return new CachedSealedSession(cached, () => deps.sealer.open(text)?.token ?? text)
  }
  const opened = deps.sealer.open(text)
  if (opened === null) {
    verifications.refused++
    return null
  }
  if (!mayBelieve || !isBelieved(deps, opened, now)) return verifyOpened(deps, opened, stamp)
  if (sessionSettings.cacheSize > 0) cache.put(digest, opened.principal, version)
  verifications.warm++
  return opened
}

/** Verifies the token in a sealed session that is not trusted. */
async function verifyOpened(
  deps: VerifySealedDeps,
  { token, sealedAt }: OpenedSession,
  stamp: Stamp<SessionEvent>,
): Promise<AuthenticatedSession | null> {
  const found = await verifySession(deps, token, stamp)
  return found === null ? null : { ...found, sealedAt }
}

function isBelieved(deps: VerifySealedDeps, { principal, sealedAt }: OpenedSession, now: number): boolean {
  return isYoung(deps, sealedAt, now) && isAlive(principal.session, now) && !deps.suspects.has(principal, sealedAt)
}

function isYoung({ sessionSettings }: VerifySealedDeps, sealedAt: number, now: number): boolean {
  const age = now - sealedAt
  return age < maxSealAgeMs(sessionSettings) && age > -CLOCK_SKEW_MS
}

/** A sealed session from the cache. Most requests never ask for its token, so the package is opened only when one does. */
class CachedSealedSession implements AuthenticatedSession {
  readonly principal: SessionPrincipal
  readonly sealedAt: number
  readonly #open: () => string
  #token: string | undefined

  constructor(principal: SessionPrincipal, open: () => string) {
    this.principal = principal
    this.sealedAt = principal.session.cookieSentAt
    this.#open = open
  }

  get token(): string {
    this.#token ??= this.#open()
    return this.#token
  }
}
