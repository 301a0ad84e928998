import { ISO_TIMES } from '../kernel/iso-times.ts'
import type { AccessToken, OAuthPrincipal, Principal, Session, User } from '../kernel/principal.ts'

/**
 * Returns a principal as applications get it: the JSON of its user, session and access token has its times as ISO 8601. This runs for
 * every request, so it uses constructors: setting a prototype takes ten times as long.
 */
export function toPublicPrincipal<P extends Principal>(principal: P): P
export function toPublicPrincipal(principal: Principal): Principal {
  const user = new PublicUser(principal.user)
  if (principal.kind === 'session') return { ...principal, user, session: new PublicSession(principal.session) }
  if (principal.kind === 'oauth_grant') return new PublicGrant(principal, user)
  return { ...principal, user, accessToken: new PublicAccessToken(principal.accessToken) }
}

class PublicUser implements User {
  readonly id: User['id']
  readonly email: User['email']
  readonly emailVerified: boolean
  readonly name: string | null
  readonly createdAt: number

  constructor(user: User) {
    this.id = user.id
    this.email = user.email
    this.emailVerified = user.emailVerified
    this.name = user.name
    this.createdAt = user.createdAt
  }
}

class PublicSession implements Session {
  readonly id: Session['id']
  readonly userId: Session['userId']
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  readonly idleExpiresAt: number
  readonly authenticatedAt: number
  readonly methods: Session['methods']
  readonly remembered: boolean
  readonly cookieSentAt: number
  readonly client: Session['client']

  constructor(session: Session) {
    this.id = session.id
    this.userId = session.userId
    this.createdAt = session.createdAt
    this.lastSeenAt = session.lastSeenAt
    this.expiresAt = session.expiresAt
    this.idleExpiresAt = session.idleExpiresAt
    this.authenticatedAt = session.authenticatedAt
    this.methods = session.methods
    this.remembered = session.remembered
    this.cookieSentAt = session.cookieSentAt
    this.client = session.client
  }
}

class PublicGrant implements OAuthPrincipal {
  readonly kind = 'oauth_grant'
  readonly user: User
  readonly client: OAuthPrincipal['client']
  readonly grantId: OAuthPrincipal['grantId']
  readonly scopes: readonly string[]
  readonly resource: string | null
  readonly authenticatedAt: number | null
  readonly methods: OAuthPrincipal['methods']

  constructor(grant: OAuthPrincipal, user: User) {
    this.user = user
    this.client = grant.client
    this.grantId = grant.grantId
    this.scopes = grant.scopes
    this.resource = grant.resource
    this.authenticatedAt = grant.authenticatedAt
    this.methods = grant.methods
  }
}

class PublicAccessToken implements AccessToken {
  readonly id: AccessToken['id']
  readonly userId: AccessToken['userId']
  readonly name: string
  readonly scopes: readonly string[]
  readonly lastFour: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null

  constructor(token: AccessToken) {
    this.id = token.id
    this.userId = token.userId
    this.name = token.name
    this.scopes = token.scopes
    this.lastFour = token.lastFour
    this.createdAt = token.createdAt
    this.expiresAt = token.expiresAt
    this.lastUsedAt = token.lastUsedAt
  }
}

for (const { prototype } of [PublicUser, PublicSession, PublicGrant, PublicAccessToken]) {
  Reflect.deleteProperty(prototype, 'constructor') // to other code the objects are plain ones
  Object.setPrototypeOf(prototype, ISO_TIMES)
}
