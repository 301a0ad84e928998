import { isCompactJwe } from '../crypto/compact-jwe.ts'
import { digestToken } from '../crypto/token.ts'
import type { Stamp } from '../kernel/event.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import type { SessionSealer } from './sealed-session.ts'
import { maxSealAgeMs } from './settings.ts'
import { CLOCK_SKEW_MS, type Suspects } from './suspects.ts'
import { isAlive, type VerifyDeps, verifySession } from './verify-session.ts'

/** What verifying sealed sessions works with. */
export interface VerifySealedDeps extends VerifyDeps {
  readonly sealer: SessionSealer
  readonly suspects: Suspects
}

/**
 * Says who a cookie belongs to, whichever kind it is. A sealed one costs no read, warm or cold: it is opened and believed
 * while it is young, and neither its session nor its user changed lately. Otherwise the token in it is verified, as it is
 * where sessions are not sealed (any more).
 * @returns null for what is altered, malformed, unknown, revoked or expired.
 */
export function verifySessionText(
  deps: VerifySealedDeps,
  text: string,
  stamp: Stamp,
): SessionPrincipal | null | Promise<SessionPrincipal | null> {
  if (!isCompactJwe(text)) return verifySession(deps, text, stamp)
  const digest = digestToken(text)
  const { cache, clock, settings, verifications } = deps
  const mayBelieve = settings.token === 'sealed' && cache.follow(deps.sessions.changesElsewhere())
  const { version } = cache
  const cached = mayBelieve ? cache.get(digest) : undefined
  const now = clock()
  if (cached !== undefined && isYoung(deps, cached.session.cookieSentAt, now) && isAlive(cached.session, now)) {
    verifications.warm++
    return cached
  }
  const opened = deps.sealer.open(text)
  if (opened === null) {
    verifications.refused++
    return null
  }
  const { principal, sealedAt, token } = opened
  const isBelieved =
    mayBelieve &&
    isYoung(deps, sealedAt, now) &&
    isAlive(principal.session, now) &&
    !deps.suspects.has(principal, sealedAt)
  if (!isBelieved) return verifySession(deps, token, stamp)
  if (settings.cacheSize > 0) cache.put(digest, principal, version)
  verifications.warm++
  return principal
}

/** The session's own token in what a client sent. */
export function plainToken({ sealer }: Pick<VerifySealedDeps, 'sealer'>, text: string): string {
  return isCompactJwe(text) ? (sealer.open(text)?.token ?? text) : text
}

function isYoung({ settings }: VerifySealedDeps, sealedAt: number, now: number): boolean {
  const age = now - sealedAt
  return age < maxSealAgeMs(settings) && age > -CLOCK_SKEW_MS
}
