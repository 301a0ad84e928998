import type { Core } from '../core.ts'
import { createJwtSigner } from '../crypto/jwt.ts'
import type { Feature } from '../kernel/feature.ts'
import type { FreshnessDeps } from '../sessions/freshness.ts'
import { type KeyRing, keysOf } from '../signing-keys/key-ring.ts'
import { forwardAuthRoutes } from './routes.ts'

/** Settings of forward-auth. */
export interface ForwardAuthOptions extends Pick<FreshnessDeps, 'sessionSettings' | 'secondFactors'> {
  /** Signs identities for the APIs behind proxies. Default false. */
  readonly jwt: boolean
  /** The scopes that the application defines. */
  readonly scopes: readonly string[]
  /** URLs of other APIs that tokens of apps can be for. */
  readonly resources: readonly string[]
  /** The methods that a login can prove. */
  readonly methods: readonly string[]
  /** Public keys of everything else that Latchkey signs. */
  readonly otherKeys: (() => readonly Readonly<Record<string, string>>[]) | null
  readonly ring: KeyRing
}

/** Creates the forward-auth feature: a proxy asks whether to let a request through. */
export function forwardAuth(core: Core, { jwt, ...options }: ForwardAuthOptions): Feature {
  const signers = keysOf(options.ring, (salt) => [createJwtSigner(core.secrets, 'forward-auth', salt)])
  return { name: 'forward_auth', routes: forwardAuthRoutes({ ...core, ...options, signers: jwt ? signers : null }) }
}
