import { validate } from 'uuid'
import { PASSKEY_REFUSALS } from '../factors/passkeys/refusals.ts'
import type { DeviceOwner } from '../kernel/device-owner.ts'
import type { Stamp } from '../kernel/event.ts'
import type { FirstProofs } from '../kernel/first-proofs.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { NoticeDeps } from '../throttle/write-notice.ts'
import type { IdentityEvent } from './events.ts'
import { writeIdentityChangedMail } from './mails/identity-changed.ts'
import type { ProviderList } from './provider-list.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `unlinkIdentity`. */
export interface UnlinkDeps extends NoticeDeps {
  readonly identities: IdentityStore
  readonly providers: ProviderList
  /** The ways to log in. */
  readonly proofs: FirstProofs
}

/**
 * Removes an identity of a user, and tells the user by email.
 * @throws Refusal `not_found`; `last_credential` if the user could not log in anymore; `unauthenticated` if all sessions of the
 *   user were revoked in the meantime.
 */
export async function unlinkIdentity(
  deps: UnlinkDeps,
  { user, owner, id }: { readonly user: User; readonly owner: DeviceOwner; readonly id: string },
  stamp: Stamp<IdentityEvent>,
): Promise<void> {
  const identity = validate(id) ? (await deps.identities.list(user.id)).find((each) => each.id === id) : undefined
  if (identity === undefined) throw new Refusal('not_found', { detail: 'There is no such identity.' })
  const mails = await writeIdentityChangedMail(deps, user, 'unlinked', providerName(deps.providers, identity.provider))
  const outcome = await deps.identities.unlink({ id, owner, proofs: deps.proofs }, ({ provider }) => ({
    events: [stamp({ type: 'identity.unlinked', userId: user.id, identityId: id, provider })],
    mails,
  }))
  if (outcome === 'last') throw new Refusal(PASSKEY_REFUSALS.last_credential)
  if (outcome === 'not_found') throw new Refusal('not_found', { detail: 'There is no such identity.' })
  if (outcome === 'ended') throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
}
