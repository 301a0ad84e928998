import type { DeviceOwner } from '../kernel/device-owner.ts'
import type { Stamp } from '../kernel/event.ts'
import type { NewIdentity } from '../kernel/identity.ts'
import type { User } from '../kernel/principal.ts'
import type { NoticeDeps } from '../throttle/write-notice.ts'
import type { IdentityEvent } from './events.ts'
import { writeIdentityChangedMail } from './mails/identity-changed.ts'
import type { Provider } from './provider.ts'
import { providerRefused } from './provider-errors.ts'
import type { IdentityStore } from './store.ts'

/** Dependencies of `claimAccount`. */
export interface ClaimDeps extends NoticeDeps {
  readonly identities: IdentityStore
}

/** The event of a claim. `factors/events.ts` describes it, because a login by email claims accounts too. */
interface ClaimEvent {
  readonly type: 'account.claimed'
  readonly userId: string
}

/** A claim of an account whose address was never verified. */
export interface Claim {
  readonly user: User
  readonly owner: DeviceOwner
  readonly identity: NewIdentity
  readonly provider: Provider
}

/**
 * Gives an account to the owner of its email address. A stranger may have registered it to wait for the owner, so everything
 * that the stranger set up ends: password, factors, sessions, tokens and identities.
 * @returns the new security epoch of the user.
 * @throws Refusal `provider_refused` if the account changed in the meantime.
 */
export async function claimAccount(
  deps: ClaimDeps,
  { user, owner, identity, provider }: Claim,
  stamp: Stamp<IdentityEvent | ClaimEvent>,
): Promise<number> {
  const { id: identityId } = identity
  const mails = await writeIdentityChangedMail(deps, user, 'linked', provider.name)
  const epoch = await deps.identities.claim({ owner, email: user.email, identity }, () => ({
    events: [
      stamp({ type: 'account.claimed', userId: user.id }),
      stamp({ type: 'identity.linked', userId: user.id, identityId, provider: provider.id }),
    ],
    mails,
  }))
  if (epoch === null) throw providerRefused('the account changed in the meantime')
  return epoch
}
