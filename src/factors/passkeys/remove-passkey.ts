import { validate } from 'uuid'
import type { Stamp } from '../../kernel/event.ts'
import type { FirstProofs } from '../../kernel/first-proofs.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { NoticeDeps } from '../../throttle/write-notice.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorOwner } from '../factor-owner.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import { PASSKEY_REFUSALS } from './refusals.ts'
import type { PasskeyStore } from './store.ts'

/** Dependencies of `removePasskey`. */
export interface RemovePasskeyDeps extends NoticeDeps {
  readonly passkeys: PasskeyStore
  /** The other ways to log in. */
  readonly proofs: FirstProofs
}

/**
 * Removes a passkey. With the last second factor, the recovery codes and remembered devices go too.
 * @throws Refusal `not_found`; `last_credential` if the user could not log in any more; `unauthenticated` if all sessions of the
 *   user were revoked in the meantime.
 */
export async function removePasskey(
  deps: RemovePasskeyDeps,
  { user, securityEpoch }: FactorOwner,
  id: string,
  stamp: Stamp<FactorEvent>,
): Promise<void> {
  if (!validate(id)) throw noPasskey()
  const mails = await writeFactorChangedMail(deps, user, 'passkey_removed')
  const removal = { id: id.toLowerCase(), owner: { userId: user.id, securityEpoch }, proofs: deps.proofs }
  const outcome = await deps.passkeys.remove(removal, () => ({
    events: [stamp({ type: 'factor.removed', userId: user.id, method: 'passkey' })],
    mails,
  }))
  if (outcome === 'not_found') throw noPasskey()
  if (outcome === 'last_credential') throw new Refusal(PASSKEY_REFUSALS.last_credential)
  if (outcome === 'stale') throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
}

/** Returns the refusal if the user has no passkey with this id. */
export function noPasskey(): Refusal {
  return new Refusal('not_found', { detail: 'There is no such passkey.' })
}
