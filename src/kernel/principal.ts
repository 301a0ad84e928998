import type { EmailAddress } from './email-address.ts'
import type { AccessTokenId, OAuthGrantId, SessionId, UserId } from './ids.ts'

/** A person's account. */
export interface User {
  readonly id: UserId
  /** Email address in its normal form: local part in lower case, domain as A-labels. */
  readonly email: EmailAddress
  readonly emailVerified: boolean
  /** Name of the person; null if the person never gave one. */
  readonly name: string | null
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
}

/**
 * How a user proved their identity: `password`, `passkey`, `totp`, `recovery_code`, `email_code`, `provider:google`, ...
 * The set is open: consumers must accept words that they do not know.
 */
export type Method = string

/** Methods, besides those of providers. */
export const METHODS: readonly Method[] = ['password', 'passkey', 'totp', 'recovery_code', 'email_code']

/** Returns true for the words that this version uses as methods. */
export function isMethod(text: string): boolean {
  return METHODS.includes(text) || /^provider:[a-z0-9_-]+$/.test(text)
}

/**
 * Returns the methods that a login can prove with the settings of an instance.
 * @param providers the ids of its providers.
 */
export function provableMethods(providers: readonly { readonly id: string }[]): readonly Method[] {
  return [...METHODS, ...providers.map(({ id }) => `provider:${id}`)]
}

/** The client that sent a request, as far as it is known. */
export interface ClientInfo {
  /** IP address; null if unknown. */
  readonly ip: string | null
  /** `User-Agent`, cut to 256 characters and without control characters; null if absent. */
  readonly userAgent: string | null
}

/** A session, without its token, which only the cookie contains. All times are milliseconds since 1970 UTC. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly createdAt: number
  /** Last use, accurate to the touch window (60 s by default). */
  readonly lastSeenAt: number
  /** Absolute limit: the session expires at this time, also while it is in use. */
  readonly expiresAt: number
  /** Idle limit: the session expires at this time, unless it is used before. */
  readonly idleExpiresAt: number
  /** Last proof of identity. It decides whether the session is fresh. */
  readonly authenticatedAt: number
  readonly methods: readonly Method[]
  /** True if the session has the longer limits, and a cookie that stays after the browser closes. */
  readonly remembered: boolean
  /** Last time the cookie was sent. The cookie of a remembered session is renewed once a day. */
  readonly cookieSentAt: number
  readonly client: ClientInfo
}

/**
 * An access token, without its secret: a named credential that a user created for a script or another machine. All times
 * are milliseconds since 1970 UTC.
 */
export interface AccessToken {
  readonly id: AccessTokenId
  readonly userId: UserId
  readonly name: string
  /** Scopes that the token was created with. */
  readonly scopes: readonly string[]
  /** The last four characters of the secret, so that people can recognize the token. */
  readonly lastFour: string
  readonly createdAt: number
  /** Null: the token never expires. */
  readonly expiresAt: number | null
  /** Last use, accurate to the touch window (60 s by default); null if the token was never used. */
  readonly lastUsedAt: number | null
}

/** A session with its new token, to write the cookie. */
export interface IssuedSession {
  readonly user: User
  readonly session: Session
  readonly token: string
}

/** A user who logged in. */
export interface SessionPrincipal {
  readonly kind: 'session'
  readonly user: User
  readonly session: Session
  /** Null: the session may do everything that the user may do. */
  readonly scopes: null
}

/** A script or another machine that acts for a user, within the scopes of its access token. */
export interface TokenPrincipal {
  readonly kind: 'access_token'
  readonly user: User
  readonly accessToken: AccessToken
  readonly scopes: readonly string[]
}

/** The app of a third party, as far as its users know it. */
export interface OAuthClientInfo {
  readonly id: string
  /** The name that users see when they are asked to allow access. */
  readonly name: string
}

/** An app of a third party that acts for a user, within the scopes that the user allowed (RFC 6749). */
export interface OAuthPrincipal {
  readonly kind: 'oauth_grant'
  readonly user: User
  /** The app. */
  readonly client: OAuthClientInfo
  /** Id of the grant: what the user allowed the app to do. */
  readonly grantId: OAuthGrantId
  readonly scopes: readonly string[]
  /** URL of the API that the token is for; null: this service. */
  readonly resource: string | null
  /**
   * The user's last proof of identity when they were sent to the app, milliseconds since 1970 UTC. It decides whether the grant is
   * fresh. Null: unknown.
   */
  readonly authenticatedAt: number | null
  /** The methods that the user's session had proven then. */
  readonly methods: readonly Method[]
}

/** The identity behind a request: a user with a session, an access token of a user, or an app that a user allowed. */
export type Principal = SessionPrincipal | TokenPrincipal | OAuthPrincipal

/**
 * An app that acts for itself, without a user (RFC 6749 section 4.4), within the scopes of its client. It is not a `Principal`: only
 * `require(request, { client: true })` returns it, so that code about users never gets one.
 */
export interface ClientPrincipal {
  readonly kind: 'oauth_client'
  /** Always null. */
  readonly user: null
  /** The app. */
  readonly client: OAuthClientInfo
  readonly scopes: readonly string[]
  /** URL of the API that the token is for; null: this service. */
  readonly resource: string | null
}

/** An app's access token that was verified, as the cache has it. Times are milliseconds since 1970 UTC. */
export interface VerifiedGrant {
  readonly user: User
  readonly principal: OAuthPrincipal
  /** Thumbprint of the key that the token is bound to (RFC 9449); null: it is not bound. */
  readonly jkt: string | null
  /** The session that the token ends with; null: it outlives sessions. */
  readonly sessionId: SessionId | null
  /** The token must be read again at this time: it has expired, or the limit of its session may have moved. */
  readonly readAgainAt: number
}

/** Result of authentication: the principal, and for a session also its token and the age of its cookie. */
export interface Authenticated<P extends Principal = Principal> {
  readonly principal: P
  /** The session token; null for an access token. A sealed cookie is opened at most once per request to read it. */
  readonly token: string | null
  /** When the session's cookie was sealed, milliseconds since 1970 UTC; null if the cookie contains the token itself. */
  readonly sealedAt: number | null
}

/** Returns true for an app without a user. */
export function isClient(found: Authenticated | ClientPrincipal | null): found is ClientPrincipal {
  return found !== null && 'kind' in found
}

/** Returns true if the principal has all the scopes. */
export function hasScopes({ scopes }: Pick<Principal | ClientPrincipal, 'scopes'>, needed: readonly string[]): boolean {
  return scopes === null || needed.every((scope) => scopes.includes(scope))
}
