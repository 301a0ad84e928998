import { hashToken, parseToken, type TokenHash } from '../crypto/token.ts'
import type { Emit } from '../kernel/event.ts'
import type { Principal, Session } from '../kernel/principal.ts'
import type { ChangeFollower } from './change-follower.ts'
import { SESSION_TOKEN_PREFIX } from './new-session.ts'
import { idleLimitMs } from './settings.ts'
import type { SessionDeps } from './start-session.ts'

/** What verifying works with. */
export interface VerifyDeps extends SessionDeps {
  readonly follower: ChangeFollower
}

/** Longest text worth hashing: a session token has 53 characters. */
const MAX_TOKEN_LENGTH = 64

/**
 * Says who a session token belongs to. This is the hot path of every request:
 * warm (verified within the touch window) it costs one SHA-256 and no query, and answers at once;
 * cold, one indexed read; once per touch window it writes the last use.
 * @returns null for a token that is malformed, unknown, revoked or expired.
 */
export function verifySession(
  deps: VerifyDeps,
  text: string,
  emit: Emit,
): Principal | null | Promise<Principal | null> {
  if (text.length > MAX_TOKEN_LENGTH) return null
  const tokenHash = hashToken(text)
  deps.follower.follow()
  const cached = deps.cache.get(tokenHash)
  if (cached === undefined) return parseToken(SESSION_TOKEN_PREFIX, text) && readSession(deps, tokenHash, emit)
  const now = deps.clock()
  const isCurrent = isAlive(cached.session, now) && !isTouchDue(deps, cached.session, now)
  return isCurrent ? cached : readSession(deps, tokenHash, emit)
}

/** True until the first of the session's two limits. */
export function isAlive(session: Session, now: number): boolean {
  return now < session.idleExpiresAt && now < session.expiresAt
}

async function readSession(deps: SessionDeps, tokenHash: TokenHash, emit: Emit): Promise<Principal | null> {
  const { cache, clock, sessions } = deps
  const version = cache.version
  const found = await sessions.findByTokenHash(tokenHash)
  if (found === null) return null
  const now = clock()
  if (!isAlive(found.session, now)) {
    await endExpired(deps, found.session, emit)
    return null
  }
  const session = isTouchDue(deps, found.session, now) ? await touch(deps, found.session, now) : found.session
  if (session === null) return null
  const principal: Principal = { kind: 'session', user: found.user, session, scopes: null }
  cache.put(tokenHash, principal, version)
  return principal
}

/** Deletes the row, so that a clock set back does not revive the session (ASVS 7.3.1). */
async function endExpired({ cache, clock, sessions }: SessionDeps, session: Session, emit: Emit): Promise<void> {
  const deleted = await sessions.deleteIfExpired(session.id, clock())
  cache.evictSession(session.id)
  if (deleted) emit({ type: 'session.expired', userId: session.userId, sessionId: session.id })
}

function isTouchDue({ settings }: SessionDeps, session: Session, now: number): boolean {
  return now - session.lastSeenAt >= settings.touchWindowMs
}

async function touch({ sessions, settings }: SessionDeps, session: Session, now: number): Promise<Session | null> {
  const idleExpiresAt = Math.min(now + idleLimitMs(settings, session.remembered), session.expiresAt)
  const stillThere = await sessions.touch(session.id, now, idleExpiresAt)
  return stillThere ? { ...session, lastSeenAt: now, idleExpiresAt } : null
}
