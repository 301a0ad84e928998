import { Refusal } from '../kernel/refusal.ts'
import { findOneTimeToken, type OneTimeTokenDeps } from '../one-time-tokens/one-time-token.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import type { TokenPurpose } from '../one-time-tokens/store.ts'
import { ACCOUNT_REFUSALS } from './refusals.ts'
import type { EmailChangeOutcome, EmailProof, UserStore } from './store.ts'

/** Dependencies of `findEmailProof`. */
export interface EmailProofDeps extends OneTimeTokenDeps {
  readonly users: UserStore
}

/**
 * Returns the email address that a token proves, and its account.
 * @throws Refusal `token_invalid` if the token is invalid, or if the account is deleted or disabled.
 */
export async function findEmailProof(
  deps: EmailProofDeps,
  purposes: readonly [TokenPurpose, ...TokenPurpose[]],
  text: string,
): Promise<EmailProof> {
  const token = await findOneTimeToken(deps, purposes, text)
  const { userId, email } = token
  const user = userId === null ? null : await deps.users.findById(userId)
  if (user === null || user.disabledAt !== null || email === null)
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid)
  return { token, userId: user.id, email }
}

/**
 * Requires that a change of email address was stored.
 * @throws Refusal `email_taken`; `token_invalid` if another request used the token in the meantime.
 */
export function requireChanged(outcome: EmailChangeOutcome): void {
  if (outcome === 'taken') throw new Refusal(ACCOUNT_REFUSALS.email_taken)
  if (outcome === 'token_used')
    throw new Refusal(ONE_TIME_TOKEN_REFUSALS.token_invalid, { reason: 'the token was used in the meantime' })
}
