/* Records for the contract of storages, as the actions make them. */
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

/** What the parts of the contract work with. */
export interface ContractContext {
  readonly stores: () => Stores
  /** The same storage, opened by another process. */
  readonly elsewhere: () => Stores
  /** Receives the changes that `stores` reports; null: no test does. */
  listen(listener: OnChanges | null): void
  addUser(): Promise<User>
  addSession(userId: UserId, changes?: Partial<Session>, maxPerUser?: number): Promise<SessionRecord>
  isThere(tokenHash: SessionRecord['tokenHash']): Promise<boolean>
}

/** Storages that delete by themselves go by the real time. */
export const NOW = Date.now()
/** Milliseconds that a session of a test may be idle. */
export const LIFE = 600_000
/** A password hash that no password has. */
export const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA' as PasswordHash
/** Another one. */
export const OTHER_HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b3RoZXI' as PasswordHash

/** The reference to a session. */
export function refOf({ session: { id, userId } }: SessionRecord): SessionRef {
  return { id, userId }
}

/** A user who is not stored yet. */
export function makeUser(): User {
  const email = `${randomUUID()}@example.com` as EmailAddress
  return { id: newUserId(() => NOW), email, emailVerified: false, name: 'Ada', createdAt: NOW }
}

/** A session that is not stored yet. */
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

/** An access token that is not stored yet. */
export function makeAccessToken(userId: UserId): AccessTokenRecord {
  const [id, tokenHash] = [newAccessTokenId(() => NOW), hashToken(newToken('lkp'))]
  const token = { id, userId, name: 'backup', scopes: [], lastFour: '0000', createdAt: NOW }
  return { accessToken: { ...token, expiresAt: null, lastUsedAt: null }, tokenHash }
}

/** A one-time token that is not stored yet. */
export function makeOneTimeToken({ id: userId, email }: User, purpose: TokenPurpose): OneTimeToken {
  const tokenHash = hashToken(newToken('lkt'))
  return { tokenHash, purpose, userId, email, createdAt: NOW, expiresAt: NOW + LIFE }
}

/** A rotation to a new token. */
export function makeRotation(record: SessionRecord): SessionRotation {
  const newTokenHash = hashToken(newToken('lks'))
  return { ...refOf(record), oldTokenHash: record.tokenHash, newTokenHash, authenticatedAt: NOW }
}
