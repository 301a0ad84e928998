import type { Stamp } from '../../kernel/event.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { NoticeDeps } from '../../throttle/write-notice.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorOwner } from '../factor-owner.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import type { TotpStore } from './store.ts'

/** Dependencies of `removeTotp`. */
export interface RemoveTotpDeps extends NoticeDeps {
  readonly totp: TotpStore
}

/**
 * Removes the TOTP secret of a user, with their recovery codes and remembered devices.
 * @throws Refusal `not_found` if the user has none.
 */
export async function removeTotp(
  deps: RemoveTotpDeps,
  { user, securityEpoch }: FactorOwner,
  stamp: Stamp<FactorEvent>,
): Promise<void> {
  const mails = await writeFactorChangedMail(deps, user, 'totp_removed')
  const isRemoved = await deps.totp.remove({ userId: user.id, securityEpoch }, () => ({
    events: [stamp({ type: 'factor.removed', userId: user.id, method: 'totp' })],
    mails,
  }))
  if (!isRemoved) throw new Refusal('not_found', { detail: 'This account has no authenticator app.' })
}
