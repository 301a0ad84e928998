import { hashToken, newToken, parseToken, type Token } from '../crypto/token.ts'
import { type Clock, DAY_MS, HOUR_MS } from '../kernel/clock.ts'
import type { SessionId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import { ONE_TIME_TOKEN_REFUSALS } from './refusals.ts'
import type { OneTimeToken, OneTimeTokenStore, TokenPurpose } from './store.ts'

/** Prefix and lifetime of the tokens of each purpose. Lifetimes are in milliseconds. */
export const ONE_TIME_TOKENS = {
  password_reset: { prefix: 'lkr', lifeMs: HOUR_MS },
  email_verify: { prefix: 'lkv', lifeMs: 2 * DAY_MS },
  email_change: { prefix: 'lkv', lifeMs: DAY_MS },
  email_undo: { prefix: 'lkv', lifeMs: 7 * DAY_MS },
  email_stop: { prefix: 'lkv', lifeMs: DAY_MS },
  invitation: { prefix: 'lkv', lifeMs: 7 * DAY_MS },
} as const satisfies Record<TokenPurpose, { readonly prefix: string; readonly lifeMs: number }>

/** Input to create a one-time token. Default of `lifeMs`: the lifetime of the purpose. */
export type NewOneTimeToken = Pick<OneTimeToken, 'purpose' | 'userId' | 'email'> & {
  readonly lifeMs?: number
  /** The session that requests the token. Default: none. */
  readonly sessionId?: SessionId
}

/** Creates a token of 256 random bits and its record, without storing it. */
export function newOneTimeToken(
  clock: Clock,
  { purpose, userId, email, sessionId, lifeMs = ONE_TIME_TOKENS[purpose].lifeMs }: NewOneTimeToken,
): { readonly token: Token; readonly record: OneTimeToken } {
  const token = newToken(ONE_TIME_TOKENS[purpose].prefix)
  const createdAt = clock()
  const life = { createdAt, expiresAt: createdAt + lifeMs }
  const record = { tokenHash: hashToken(token), purpose, userId, email, sessionId: sessionId ?? null, ...life }
  return { token, record }
}

/** Dependencies of the one-time token functions. */
export interface OneTimeTokenDeps {
  readonly oneTimeTokens: OneTimeTokenStore
  readonly clock: Clock
}

/**
 * Finds the record of a token with one of these purposes, whose tokens have the same prefix. The token stays valid.
 * @throws Refusal `token_invalid`, the same for a token that is malformed, unknown, used, expired or of another purpose.
 */
export async function findOneTimeToken(
  { oneTimeTokens, clock }: OneTimeTokenDeps,
  purposes: readonly [TokenPurpose, ...TokenPurpose[]],
  text: string,
): Promise<OneTimeToken> {
  const found = await findLiveToken({ oneTimeTokens, clock }, purposes, text)
  if (found === null) throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  return found
}

/** Finds the record of a token. The token stays valid. Returns null for a token that would be refused. */
export async function findLiveToken(
  { oneTimeTokens, clock }: OneTimeTokenDeps,
  purposes: readonly [TokenPurpose, ...TokenPurpose[]],
  text: string,
): Promise<OneTimeToken | null> {
  const token = parseToken(ONE_TIME_TOKENS[purposes[0]].prefix, text)
  return token === null ? null : oneTimeTokens.find(hashToken(token), purposes, clock())
}

/** Longer than the wait for a password hash. */
const CLAIM_MS = 30_000

/**
 * Runs slow work while the token is reserved: of a thousand requests with the same token, one makes a password hash, and the
 * others are refused at once. If the work fails, the reservation ends.
 * @returns the result of `work`.
 * @throws Refusal `token_invalid` if another request has reserved the token, and every error of `work`.
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
