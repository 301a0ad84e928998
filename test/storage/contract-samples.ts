/* Records for the contract of storages, as the actions create them. */
import { randomUUID } from 'node:crypto'
import type { AccessTokenRecord } from '../../src/access-tokens/store.ts'
import type { PasswordHash } from '../../src/crypto/password-hasher.ts'
import { hashToken, newToken } from '../../src/crypto/token.ts'
import type { EmailAddress } from '../../src/kernel/email-address.ts'
import { newAccessTokenId, newSessionId, newUserId, type UserId } from '../../src/kernel/ids.ts'
import type { Session, User } from '../../src/kernel/principal.ts'
import type { OneTimeToken, TokenPurpose } from '../../src/one-time-tokens/store.ts'
import type { SessionRecord, SessionRef, SessionRotation } from '../../src/sessions/store.ts'
import type { OnChanges, Stores } from '../../src/storage/storage.ts'

/** Arguments of the parts of the contract. */
export interface ContractContext {
  readonly stores: () => Stores
  /** Returns the same storage, opened by another process. */
  readonly elsewhere: () => Stores
  /** Sets the listener for the changes that `stores` reports; null removes it. */
  listen(listener: OnChanges | null): void
  addUser(): Promise<User>
  addSession(userId: UserId, changes?: Partial<Session>, maxPerUser?: number): Promise<SessionRecord>
  isThere(tokenHash: SessionRecord['tokenHash']): Promise<boolean>
}

/** The real time, because some storages delete expired records by the real time. */
export const NOW = Date.now()
/** Milliseconds that a session of a test may be idle. */
export const LIFE = 600_000
/** A hash that matches no password. */
export const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA' as PasswordHash
/** A second hash that matches no password. */
export const OTHER_HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b3RoZXI' as PasswordHash

/** Returns the reference to a session. */
export function refOf({ session: { id, userId } }: SessionRecord): SessionRef {
  return { id, userId }
}

/** Returns a user who is not stored yet. */
export function makeUser(): User {
  const email = `${randomUUID()}@example.com` as EmailAddress
  return { id: newUserId(() => NOW), email, emailVerified: false, name: 'Ada', createdAt: NOW }
}

/** Returns a session that is not stored yet. */
export function makeSession(userId: UserId, changes: Partial<Session> = {}): SessionRecord {
  const session: Session = {
    id: newSessionId(() => NOW),
    userId,
    createdAt: NOW,
    lastSeenAt: NOW,
    expiresAt: NOW + 2 * LIFE,
    idleExpiresAt: NOW + LIFE,
    authenticatedAt: NOW,
    methods: ['password'],
    remembered: false,
    cookieSentAt: NOW,
    client: { ip: '192.0.2.1', userAgent: null },
    ...changes,
  }
  return { session, tokenHash: hashToken(newToken('lks')) }
}

/** Returns an access token that is not stored yet. */
export function makeAccessToken(userId: UserId): AccessTokenRecord {
  const [id, tokenHash] = [newAccessTokenId(() => NOW), hashToken(newToken('lkp'))]
  const token = { id, userId, name: 'backup', scopes: [], lastFour: '0000', createdAt: NOW }
  return { accessToken: { ...token, expiresAt: null, lastUsedAt: null }, tokenHash }
}

/** Returns a one-time token that is not stored yet. */
export function makeOneTimeToken({ id: userId, email }: User, purpose: TokenPurpose): OneTimeToken {
  const tokenHash = hashToken(newToken('lkt'))
  return { tokenHash, purpose, userId, email, sessionId: null, createdAt: NOW, expiresAt: NOW + LIFE }
}

/** Returns a rotation to a new token. */
export function makeRotation(record: SessionRecord): SessionRotation {
  const newTokenHash = hashToken(newToken('lks'))
  return {
    ...refOf(record),
    oldTokenHash: record.tokenHash,
    newTokenHash,
    authenticatedAt: NOW,
    methods: record.session.methods,
  }
}

/** A page that has all items of a test. */
export const FIRST_PAGE = { before: null, limit: 1_000 } as const

/** Returns the live sessions of a user. */
export async function listSessionsOf({ sessions }: Stores, userId: UserId, now: number): Promise<readonly Session[]> {
  return (await sessions.listByUser(userId, now, FIRST_PAGE)) ?? []
}
