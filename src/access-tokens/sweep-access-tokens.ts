import { inBatches } from '../kernel/in-batches.ts'
import type { AccessTokenDeps } from './create-access-token.ts'

/** Deletes expired access tokens. Returns how many. */
export async function sweepAccessTokens({
  accessTokens,
  clock,
}: Pick<AccessTokenDeps, 'accessTokens' | 'clock'>): Promise<number> {
  return inBatches((limit) => accessTokens.sweep(clock(), limit))
}
