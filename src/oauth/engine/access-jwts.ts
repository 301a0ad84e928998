import type { Provider } from 'oidc-provider'
import { hasJwtTokens } from '../settings.ts'
import { type AccessJwtDeps, signAccessJwt } from '../tokens/access-jwt.ts'
import { currentScope } from './engine-scope.ts'

/** The parts of a token of the engine that a JWT is made of. */
interface EngineToken {
  /** The secret, under whose hash the engine stores the token. */
  jti: string
  readonly clientId: string
  readonly accountId?: string
  /** The lifetime in seconds. */
  readonly expiration: number
  readonly scope?: string
  readonly aud?: unknown
  readonly jkt?: string
}

/**
 * Lets the engine issue JWTs for the APIs that want them. The engine would store nothing about a JWT, so it could not be introspected or
 * revoked: here the JWT takes the place of an opaque token, with the same row.
 */
export function issueAccessJwts(provider: Provider, deps: AccessJwtDeps): void {
  for (const { prototype } of [provider.AccessToken, provider.ClientCredentials]) {
    const toOpaque: () => Promise<{ readonly payload: unknown }> = Reflect.get(prototype, 'getValueAndPayload')
    Object.defineProperty(prototype, 'getValueAndPayload', {
      async value(this: EngineToken) {
        const { payload } = await toOpaque.call(this)
        if (typeof this.aud === 'string' && hasJwtTokens(deps.oauthSettings.resources, this.aud)) {
          this.jti = toJwt(deps, this, this.aud)
        }
        return { value: this.jti, payload }
      },
    })
  }
}

function toJwt(deps: AccessJwtDeps, token: EngineToken, audience: string): string {
  const { clientId, accountId: userId = null, scope, jkt = null, expiration: lifetimeSeconds } = token
  const proof = userId === null ? null : currentScope().proof
  return signAccessJwt(deps, { audience, clientId, userId, scope, lifetimeSeconds, proof, jkt })
}
