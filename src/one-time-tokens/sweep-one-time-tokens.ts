import { inBatches } from '../kernel/in-batches.ts'
import type { OneTimeTokenDeps } from './one-time-token.ts'

/** Deletes expired one-time tokens. Returns how many. */
export async function sweepOneTimeTokens({ oneTimeTokens, clock }: OneTimeTokenDeps): Promise<number> {
  return inBatches((limit) => oneTimeTokens.sweep(clock(), limit))
}
