import type { DeviceOwner } from '../kernel/device-owner.ts'
import type { Stamp } from '../kernel/event.ts'
import type { NewIdentity } from '../kernel/identity.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { NoticeDeps } from '../throttle/write-notice.ts'
import type { IdentityEvent } from './events.ts'
import { writeIdentityChangedMail } from './mails/identity-changed.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `linkIdentity`. */
export interface LinkDeps extends NoticeDeps {
  readonly identities: IdentityStore
}

/** A new link. */
export interface NewLink {
  readonly user: User
  readonly owner: DeviceOwner
  readonly identity: NewIdentity
  readonly providerName: string
}

/**
 * Links an account at a provider to a user, and tells the user by email.
 * @returns the security epoch of the user.
 * @throws Refusal `identity_taken`; `unauthenticated` if all sessions of the user were revoked in the meantime.
 */
export async function linkIdentity(
  deps: LinkDeps,
  { user, owner, identity, providerName }: NewLink,
  stamp: Stamp<IdentityEvent>,
): Promise<number> {
  const { id: identityId, provider } = identity
  const mails = await writeIdentityChangedMail(deps, user, 'linked', providerName)
  const outcome = await deps.identities.link(identity, owner, () => ({
    events: [stamp({ type: 'identity.linked', userId: user.id, identityId, provider })],
    mails,
  }))
  if (outcome === 'taken') throw new Refusal(PROVIDER_REFUSALS.identity_taken)
  if (outcome === 'ended') throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
  return owner.securityEpoch
}
