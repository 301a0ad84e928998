import type { SessionPrincipal } from '../kernel/principal.ts'
import type { Caller } from '../throttle/throttle.ts'
import type { ProviderDefinition } from './provider.ts'
import type { ProviderAccount } from './provider-client.ts'
import type { SpentProof } from './store.ts'

/** An account at a provider that was just proven, and the browser or app that proved it. */
export interface AccountLogin {
  readonly provider: ProviderDefinition
  readonly account: ProviderAccount
  /** The proof, which is used up. */
  readonly proof: SpentProof
  readonly remember: boolean
  /** The invitation that a registration uses up. */
  readonly invitation: string | null
  readonly caller: Caller
  /** The session of the same browser that the new one replaces. */
  readonly replaces: SessionPrincipal | null
  /** Tokens of remembered devices, from the cookies. */
  readonly rememberedTokens: readonly string[]
}
