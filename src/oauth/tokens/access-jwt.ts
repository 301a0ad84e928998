/*
 * Access tokens that other APIs can verify without asking (RFC 9068). Supported: the algorithms of the settings, with the keys of `/auth/jwks.json`. Refused
 * on purpose: every other algorithm, `jku`, `jwk`, `x5c`, and every JWT of another type. Where we accept one ourselves, its row decides as for
 * an opaque token, so it ends when its client, grant, user or session does. Proved by test/http/oauth-jwt.test.ts.
 */
import { randomBytes } from 'node:crypto'
import { signJwt } from '../../crypto/sign-jwt.ts'
import type { SigningKey } from '../../crypto/signing-key.ts'
import { verifyJwt } from '../../crypto/verify-jwt.ts'
import { type Clock, SECOND_MS } from '../../kernel/clock.ts'
import { toAcr, toAmr } from '../amr.ts'
import type { Proof } from '../engine/engine-scope.ts'
import { hasJwtTokens, type OAuthSettings } from '../settings.ts'

const TYPE = 'at+jwt'
const MAX_LENGTH = 4_096
/** Three parts, of which the first is the JSON of an object. */
const COMPACT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/
const ID_BYTES = 16

/** Returns true if a text has the form of a JWT. */
export function isJwt(text: string): boolean {
  return text.length <= MAX_LENGTH && COMPACT.test(text)
}

/** Dependencies of JWT access tokens. */
export interface AccessJwtDeps {
  /** Newest first; the first one signs. */
  readonly keys: () => readonly Pick<SigningKey, 'publicJwk' | 'isSignature' | 'sign'>[]
  /** The issuer. */
  readonly authUrl: string
  readonly oauthSettings: Pick<OAuthSettings, 'resources'>
  readonly clock: Clock
}

/** An access token to write as a JWT. */
export interface AccessJwt {
  /** URL of the API that it is for. */
  readonly audience: string
  readonly clientId: string
  /** Null: an app without a user. */
  readonly userId: string | null
  readonly scope: string | undefined
  readonly lifetimeSeconds: number
  /** When and how the user proved their identity; null: an app without a user. */
  readonly proof: Proof | null
  /** Thumbprint of the key that the token is bound to; null: none. */
  readonly jkt: string | null
}

/** Returns an access token as a JWT (RFC 9068 section 2). Its `jti` is stored nowhere. */
export function signAccessJwt({ keys, authUrl, clock }: AccessJwtDeps, token: AccessJwt): string {
  const [key] = keys()
  if (key === undefined) throw new Error('There is no key to sign access tokens')
  const iat = Math.floor(clock() / SECOND_MS)
  const { proof, jkt } = token
  return signJwt(key, TYPE, {
    iss: authUrl,
    aud: token.audience,
    sub: token.userId ?? token.clientId,
    client_id: token.clientId,
    scope: token.scope,
    iat,
    exp: iat + token.lifetimeSeconds,
    jti: randomBytes(ID_BYTES).toString('base64url'),
    ...(proof === null ? {} : claimsOf(proof)),
    ...(jkt === null ? {} : { cnf: { jkt } }),
  })
}

/** Returns when, how and how well the user proved their identity (RFC 9068 section 2.2.1). */
function claimsOf({ at, methods }: Proof): Record<string, unknown> {
  return { auth_time: Math.floor(at / SECOND_MS), amr: toAmr(methods), acr: toAcr(methods) }
}

/** Returns true for an access token that we issued for one of the APIs, and that has not expired (RFC 9068 section 4). */
function isAccessJwt({ keys, authUrl, oauthSettings, clock }: AccessJwtDeps, text: string): boolean {
  const claims = isJwt(text) ? verifyJwt(keys(), text, TYPE) : null
  const { iss, aud, iat, exp } = claims ?? {}
  if (iss !== authUrl || typeof aud !== 'string' || typeof exp !== 'number' || typeof iat !== 'number') return false
  const now = clock() / SECOND_MS
  return hasJwtTokens(oauthSettings.resources, aud) && iat <= now + LEEWAY_SECONDS && exp > now
}

/**
 * Returns true as `isAccessJwt` does. Another node may have rotated the keys a moment ago, so unknown keys are read before a JWT is
 * refused.
 */
export async function isAccessJwtByAnyKey(
  deps: AccessJwtDeps & { readonly refreshKeys: () => Promise<boolean> },
  text: string,
): Promise<boolean> {
  return isAccessJwt(deps, text) || ((await deps.refreshKeys()) && isAccessJwt(deps, text))
}

/** How far the clock of another node may be ahead. */
const LEEWAY_SECONDS = 60
