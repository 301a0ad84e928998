import type { Stamp } from '../../kernel/event.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { NoticeDeps } from '../../throttle/write-notice.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorOwner } from '../factor-owner.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import { FACTOR_REFUSALS } from '../refusals.ts'
import { newRecoveryCodes, type RecoveryCodeHash } from './recovery-code.ts'
import type { RecoveryCodeStore } from './store.ts'

/** Dependencies of `createRecoveryCodes`. */
export interface CreateRecoveryCodesDeps extends NoticeDeps {
  readonly recoveryCodes: RecoveryCodeStore
  readonly recoveryCodeHash: RecoveryCodeHash
}

/**
 * Creates recovery codes in place of the existing ones.
 * @returns the codes, to show them once.
 * @throws Refusal `no_factor` if the user has no second factor.
 */
export async function createRecoveryCodes(
  deps: CreateRecoveryCodesDeps,
  { user, securityEpoch }: FactorOwner,
  stamp: Stamp<FactorEvent>,
): Promise<readonly string[]> {
  const { codes, hashes } = newRecoveryCodes(deps.recoveryCodeHash, user.id)
  const mails = await writeFactorChangedMail(deps, user, 'recovery_codes_created')
  const isStored = await deps.recoveryCodes.replace({ userId: user.id, securityEpoch }, hashes, deps.clock(), () => ({
    events: [stamp({ type: 'recovery_codes.created', userId: user.id })],
    mails,
  }))
  if (!isStored) throw new Refusal(FACTOR_REFUSALS.no_factor)
  return codes
}
