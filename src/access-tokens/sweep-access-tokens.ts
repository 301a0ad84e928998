import type { AccessTokenDeps } from './create-access-token.ts'

const BATCH = 500

/** Deletes expired access tokens. Returns their number. */
export async function sweepAccessTokens({
  accessTokens,
  clock,
}: Pick<AccessTokenDeps, 'accessTokens' | 'clock'>): Promise<number> {
  let total = 0
  for (;;) {
    const swept = await accessTokens.sweep(clock(), BATCH)
    total += swept
    if (swept < BATCH) return total
  }
}
