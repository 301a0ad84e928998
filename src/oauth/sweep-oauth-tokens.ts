import type { Clock } from '../kernel/clock.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { OAuthClientStore, OAuthTokenStore } from './store.ts'

/** Dependencies of `sweepOAuthTokens`. */
export interface SweepDeps {
  readonly oauthTokens: Pick<OAuthTokenStore, 'sweep'>
  readonly oauthClients: Pick<OAuthClientStore, 'sweepDocuments'>
  readonly clock: Clock
}

/**
 * Deletes expired tokens, codes and requests of apps, and apps of documents that no user allows any more. Returns how many were deleted.
 */
export async function sweepOAuthTokens({ oauthTokens, oauthClients, clock }: SweepDeps): Promise<number> {
  const tokens = await inBatches((limit) => oauthTokens.sweep(clock(), limit))
  return tokens + (await inBatches((limit) => oauthClients.sweepDocuments(limit)))
}
