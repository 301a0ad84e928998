import type { Clock } from '../kernel/clock.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { OAuthTokenStore } from './store.ts'

/** Dependencies of `sweepOAuthTokens`. */
export interface SweepDeps {
  readonly oauthTokens: Pick<OAuthTokenStore, 'sweep'>
  readonly clock: Clock
}

/** Deletes expired tokens, codes and requests of apps. Returns how many. */
export async function sweepOAuthTokens({ oauthTokens, clock }: SweepDeps): Promise<number> {
  return inBatches((limit) => oauthTokens.sweep(clock(), limit))
}
