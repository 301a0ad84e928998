import { digestToken, parseToken, type TokenDigest, toTokenHash } from '../crypto/token.ts'
import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import { type Found, when } from '../kernel/found.ts'
import type { Authenticated, Session, SessionPrincipal } from '../kernel/principal.ts'
import type { UseCollector } from '../kernel/use-collector.ts'
import type { SessionEvent } from './events.ts'
import { SESSION_TOKEN_PREFIX } from './new-session.ts'
import type { SessionCache } from './session-cache.ts'
import { idleLimitMs } from './settings.ts'
import type { SessionDeps } from './start-session.ts'
import type { SessionRecord, Touch } from './store.ts'

/** Dependencies of `verifySession`. */
export interface VerifyDeps extends SessionDeps {
  readonly cache: SessionCache
  readonly touches: UseCollector<Touch>
  readonly verifications: VerificationCounts
}

/** Counts of verifications since the start of the process. */
export interface VerificationCounts {
  /** Verified from memory. */
  warm: number
  /** Verified with a read from the storage. */
  cold: number
  /** Refused: the token is malformed, unknown, revoked or expired. */
  refused: number
}

/** Longer texts are refused without hashing. A session token has 53 characters. */
const MAX_TOKEN_LENGTH = 64

/** A session that was verified. */
export type AuthenticatedSession = Authenticated<SessionPrincipal>

/**
 * Returns the principal for a session token, or null if the token is malformed, unknown, revoked or expired.
 * This is the hot path of every request. Warm (verified within the touch window), it costs one SHA-256 and no query, and
 * does not return a promise. Cold, and once per touch window, it costs one indexed read, which is a promise unless the storage
 * answers at once, as SQLite does. Last uses are collected and written in batches.
 */
export function verifySession(
  deps: VerifyDeps,
  text: string,
  stamp: Stamp<SessionEvent>,
): Found<AuthenticatedSession | null> {
  if (text.length > MAX_TOKEN_LENGTH) return null
  const digest = digestToken(text)
  const mayUseCache = deps.sessionSettings.cacheSize > 0 && deps.cache.follow(deps.sessions.changesElsewhere())
  const cached = mayUseCache ? deps.cache.get(digest) : undefined
  if (cached !== undefined && isCurrent(deps, cached.session)) {
    deps.verifications.warm++
    return { principal: cached, token: text, sealedAt: null }
  }
  if (cached === undefined && parseToken(SESSION_TOKEN_PREFIX, text) === null) return refuse(deps)
  return readSession(deps, digest, { text, stamp, mayUseCache })
}

function isCurrent(deps: VerifyDeps, session: Session): boolean {
  const now = deps.clock()
  return isAlive(session, now) && !isTouchDue(deps, session, now)
}

function refuse({ verifications }: VerifyDeps): null {
  verifications.refused++
  return null
}

/** Returns true if the session has reached neither of its two limits. */
export function isAlive(session: Session, now: number): boolean {
  return now < session.idleExpiresAt && now < session.expiresAt
}

function readSession(
  deps: VerifyDeps,
  digest: TokenDigest,
  {
    text,
    stamp,
    mayUseCache,
  }: { readonly text: string; readonly stamp: Stamp<SessionEvent>; readonly mayUseCache: boolean },
): Found<AuthenticatedSession | null> {
  const { cache, clock, sessions, verifications } = deps
  const { version } = cache
  const tokenHash = toTokenHash(digest)
  return when(sessions.findByTokenHash(tokenHash), (found) => {
    if (found === null) return refuse(deps)
    const now = clock()
    const latest = withLatestUse(deps, found.session)
    if (!isAlive(latest, now)) {
      return endExpired(deps, { session: latest, tokenHash }, stamp).then(() => refuse(deps))
    }
    const session = isTouchDue(deps, latest, now) ? touch(deps, { session: latest, tokenHash }, now) : latest
    const principal: SessionPrincipal = { kind: 'session', user: found.user, session, scopes: null }
    if (mayUseCache) cache.put(digest, principal, version)
    verifications.cold++
    return { principal, token: text, sealedAt: null }
  })
}

/** Returns the session, updated with a use that is not written yet. */
function withLatestUse({ touches }: VerifyDeps, session: Session): Session {
  const touch = touches.latest(session.id)
  if (touch === undefined || touch.lastSeenAt <= session.lastSeenAt) return session
  return { ...session, lastSeenAt: touch.lastSeenAt, idleExpiresAt: touch.idleExpiresAt }
}

/** Deletes an expired session, so that it stays expired if the clock is set back (ASVS 7.3.1). */
async function endExpired(
  { cache, clock, sessions }: VerifyDeps,
  record: SessionRecord,
  stamp: Stamp<SessionEvent>,
): Promise<void> {
  const { session } = record
  const { id, userId } = session
  const expired = stamp({ type: 'session.expired', userId, sessionId: id })
  await sessions.deleteIfExpired(record, clock(), onlyEvents(expired))
  cache.evictSession(session)
}

function isTouchDue({ sessionSettings }: SessionDeps, session: Session, now: number): boolean {
  return now - session.lastSeenAt >= sessionSettings.touchWindowMs
}

function touch({ sessionSettings, touches }: VerifyDeps, { session, tokenHash }: SessionRecord, now: number): Session {
  const idleExpiresAt = Math.min(now + idleLimitMs(sessionSettings, session.remembered), session.expiresAt)
  touches.add({ id: session.id, tokenHash, lastSeenAt: now, idleExpiresAt })
  return { ...session, lastSeenAt: now, idleExpiresAt }
}
