/*
 * All refusals, collected from the `refusals.ts` of each room. No room imports this file: the composition root passes
 * the table to the rooms that need it. docs/problems.md is generated from it.
 */
import { ACCESS_TOKEN_REFUSALS } from '../access-tokens/refusals.ts'
import { ACCOUNT_REFUSALS } from '../accounts/refusals.ts'
import { PASSKEY_REFUSALS } from '../factors/passkeys/refusals.ts'
import { FACTOR_REFUSALS } from '../factors/refusals.ts'
import { KERNEL_REFUSALS } from '../kernel/refusals.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { OAUTH_REFUSALS } from '../oauth/refusals.ts'
import { ONE_TIME_TOKEN_REFUSALS } from '../one-time-tokens/refusals.ts'
import { PASSWORD_REFUSALS } from '../passwords/refusals.ts'
import { PROVIDER_REFUSALS } from '../providers/refusals.ts'
import { REGISTRATION_REFUSALS } from '../registration/refusals.ts'
import { THROTTLE_REFUSALS } from '../throttle/refusals.ts'

/** Every refusal, by code. */
export const REFUSALS = {
  ...KERNEL_REFUSALS,
  ...LOGIN_REFUSALS,
  ...REGISTRATION_REFUSALS,
  ...ACCOUNT_REFUSALS,
  ...PASSWORD_REFUSALS,
  ...ONE_TIME_TOKEN_REFUSALS,
  ...ACCESS_TOKEN_REFUSALS,
  ...FACTOR_REFUSALS,
  ...PASSKEY_REFUSALS,
  ...PROVIDER_REFUSALS,
  ...OAUTH_REFUSALS,
  ...THROTTLE_REFUSALS,
} as const

/** The stable codes of all refusals. */
export type RefusalCode = keyof typeof REFUSALS
