import { hashToken, newToken, parseToken, type Token } from '../crypto/token.ts'
import { type Clock, DAY_MS, HOUR_MS } from '../kernel/clock.ts'
import { Refusal } from '../kernel/refusal.ts'
import { ONE_TIME_TOKEN_REFUSALS } from './refusals.ts'
import type { OneTimeToken, OneTimeTokenStore, TokenPurpose } from './store.ts'

/** Token prefix and life by purpose, milliseconds. */
export const ONE_TIME_TOKENS = {
  password_reset: { prefix: 'lkr', lifeMs: HOUR_MS },
  email_verify: { prefix: 'lkv', lifeMs: 2 * DAY_MS },
  email_change: { prefix: 'lkv', lifeMs: DAY_MS },
  email_undo: { prefix: 'lkv', lifeMs: 7 * DAY_MS },
  invitation: { prefix: 'lkv', lifeMs: 7 * DAY_MS },
} as const satisfies Record<TokenPurpose, { readonly prefix: string; readonly lifeMs: number }>

/** What a token is made for. */
export type NewOneTimeToken = Pick<OneTimeToken, 'purpose' | 'userId' | 'email'> & { readonly lifeMs?: number }

/** Makes a token of 256 random bits and its record, not yet stored. */
export function newOneTimeToken(
  clock: Clock,
  { purpose, userId, email, lifeMs = ONE_TIME_TOKENS[purpose].lifeMs }: NewOneTimeToken,
): { readonly token: Token; readonly record: OneTimeToken } {
  const token = newToken(ONE_TIME_TOKENS[purpose].prefix)
  const createdAt = clock()
  const record = { tokenHash: hashToken(token), purpose, userId, email, createdAt, expiresAt: createdAt + lifeMs }
  return { token, record }
}

/** What using tokens works with. */
export interface OneTimeTokenDeps {
  readonly oneTimeTokens: OneTimeTokenStore
  readonly clock: Clock
}

/**
 * Finds what a token stands for, without using it up.
 * @throws token_invalid for one that is malformed, unknown, used, expired or of another purpose, which look alike.
 */
export async function findOneTimeToken(
  { oneTimeTokens, clock }: OneTimeTokenDeps,
  purpose: TokenPurpose,
  text: string,
): Promise<OneTimeToken> {
  const token = parseToken(ONE_TIME_TOKENS[purpose].prefix, text)
  const found = token === null ? null : await oneTimeTokens.find(hashToken(token), purpose, clock())
  if (found === null) throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  return found
}

/** Longer than a password waits for its hash. */
const CLAIM_MS = 30_000

/**
 * Does slow work for a token that nobody else can use meanwhile: of a thousand requests with one token, one makes a
 * password hash, and the others are refused at once. Work that fails gives the token back.
 * @throws token_invalid when somebody else is using it; whatever the work throws.
 */
export async function withClaimedToken<T>(
  { oneTimeTokens, clock }: OneTimeTokenDeps,
  { tokenHash }: OneTimeToken,
  work: () => Promise<T>,
): Promise<T> {
  const now = clock()
  const claimedUntil = now + CLAIM_MS
  if (!(await oneTimeTokens.claim(tokenHash, now, claimedUntil)))
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'in use' })
  try {
    return await work()
  } catch (error) {
    await oneTimeTokens.release(tokenHash, claimedUntil)
    throw error
  }
}

const SWEEP_BATCH = 500

/** Deletes expired tokens, in batches that never hold the database for long. Returns how many. */
export async function sweepOneTimeTokens({ oneTimeTokens, clock }: OneTimeTokenDeps): Promise<number> {
  let total = 0
  for (;;) {
    const swept = await oneTimeTokens.sweep(clock(), SWEEP_BATCH)
    total += swept
    if (swept < SWEEP_BATCH) return total
  }
}
