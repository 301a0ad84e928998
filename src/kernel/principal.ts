import type { EmailAddress } from './email-address.ts'
import type { AccessTokenId, SessionId, UserId } from './ids.ts'

/** A person's account. */
export interface User {
  readonly id: UserId
  /** In its normal form: local part in lower case, domain as A-labels. */
  readonly email: EmailAddress
  readonly emailVerified: boolean
  /** What the person wants to be called; null when never given. */
  readonly name: string | null
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/**
 * How a user proved their identity: `password`, `passkey`, `totp`, `recovery_code`, `email_code`, `provider:google`, ...
 * The set is open: consumers must accept words that they do not know.
 */
export type Method = string

/** Where a request comes from, as far as we can tell. */
export interface ClientInfo {
  /** IP address, null when unknown. */
  readonly ip: string | null
  /** `User-Agent`, cut to 256 characters and freed of control characters; null when absent. */
  readonly userAgent: string | null
}

/** A session, without its token: that is nowhere but in the cookie. All times are milliseconds since 1970 UTC. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly createdAt: number
  /** Last use, good to the touch window (60 s by default). */
  readonly lastSeenAt: number
  /** Absolute limit: the session ends then, however busy it is. */
  readonly expiresAt: number
  /** Idle limit: the session ends then, unless it is used before. */
  readonly idleExpiresAt: number
  /** Last proof of identity; decides whether the session is fresh. */
  readonly authenticatedAt: number
  readonly methods: readonly Method[]
  /** Longer limits, and a cookie that outlives the browser. */
  readonly remembered: boolean
  /** When the cookie was last sent; a remembered one is renewed once a day. */
  readonly cookieSentAt: number
  readonly client: ClientInfo
}

/** A named secret that a user made for a script or another machine, without the secret. Times as in a session. */
export interface AccessToken {
  readonly id: AccessTokenId
  readonly userId: UserId
  readonly name: string
  /** What it was made for. */
  readonly scopes: readonly string[]
  /** The last four characters of the secret, by which people know it again. */
  readonly lastFour: string
  readonly createdAt: number
  /** Null: never. */
  readonly expiresAt: number | null
  /** Last use, good to the touch window; null: not yet. */
  readonly lastUsedAt: number | null
}

/** A session and its new token, for the moment in which the cookie is written. */
export interface IssuedSession {
  readonly user: User
  readonly session: Session
  readonly token: string
}

/** Somebody who logged in. */
export interface SessionPrincipal {
  readonly kind: 'session'
  readonly user: User
  readonly session: Session
  /** Null: everything the user may do. */
  readonly scopes: null
}

/** A script or another machine that acts for a user, within the scopes it was given. */
export interface TokenPrincipal {
  readonly kind: 'access_token'
  readonly user: User
  readonly accessToken: AccessToken
  readonly scopes: readonly string[]
}

/** Who a request is from, and how they proved it. */
export type Principal = SessionPrincipal | TokenPrincipal

/** What authentication found: a principal, and of a session the token and the age of its cookie. */
export interface Authenticated<P extends Principal = Principal> {
  readonly principal: P
  /** The session's own token; null for an access token. A sealed cookie is opened for it at most once a request. */
  readonly token: string | null
  /** When the session's cookie was sealed, milliseconds since 1970 UTC; null: the cookie holds the token itself. */
  readonly sealedAt: number | null
}

/** True when the principal has every one of the scopes. */
export function hasScopes({ scopes }: Pick<Principal, 'scopes'>, needed: readonly string[]): boolean {
  return scopes === null || needed.every((scope) => scopes.includes(scope))
}
