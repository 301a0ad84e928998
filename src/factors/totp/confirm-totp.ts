import type { Stamp } from '../../kernel/event.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { refusedAsNotFirst } from '../../login/enrol-in-login.ts'
import { LOGIN_REFUSALS } from '../../login/refusals.ts'
import type { NoticeDeps } from '../../throttle/write-notice.ts'
import type { FactorEvent } from '../events.ts'
import type { FirstFactorOwner } from '../factor-owner.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import type { RecoveryCodeHash } from '../recovery-codes/recovery-code.ts'
import { newRecoveryCodes } from '../recovery-codes/recovery-code.ts'
import { isPending, type TotpDeps } from './enrol-totp.ts'
import { stepOfCode } from './totp-code.ts'

/** Dependencies of `confirmTotp`. */
export interface ConfirmTotpDeps extends TotpDeps, NoticeDeps {
  readonly recoveryCodeHash: RecoveryCodeHash
}

/**
 * Puts a new TOTP secret in force, and creates recovery codes. Recovery codes from before stop working.
 * @returns the recovery codes, to show them once.
 * @throws Refusal `wrong_code` if the code is wrong, or if the user did not start to set up an app in the last 30 minutes;
 *   `attempt_ended` if the user has a factor that they must not have.
 */
export async function confirmTotp(
  deps: ConfirmTotpDeps,
  { user, securityEpoch, mustLack = [] }: FirstFactorOwner,
  code: string,
  stamp: Stamp<FactorEvent>,
): Promise<readonly string[]> {
  const { totp, totpSealer, clock } = deps
  const now = clock()
  const found = await totp.find(user.id)
  if (found === null || !isPending(found, now)) throw refused('nothing to confirm')
  const secret = totpSealer.open(found.sealedSecret)
  const step = secret === null ? null : await stepOfCode(secret, code, now)
  if (step === null) throw refused('wrong code')
  const { codes, hashes } = newRecoveryCodes(deps.recoveryCodeHash, user.id)
  const mails = await writeFactorChangedMail(deps, user, 'totp_enrolled')
  const { sealedSecret } = found
  const outcome = await totp.confirm(
    { owner: { userId: user.id, securityEpoch }, sealedSecret, step, confirmedAt: now, codeHashes: hashes, mustLack },
    () => ({ events: [stamp({ type: 'factor.enrolled', userId: user.id, method: 'totp' })], mails }),
  )
  if (outcome === 'not_first') throw refusedAsNotFirst()
  if (outcome === 'gone') throw refused('confirmed or replaced in the meantime')
  return codes
}

function refused(reason: string): Refusal {
  return new Refusal(LOGIN_REFUSALS.wrong_code, { reason })
}
