import type { Stamp } from '../../kernel/event.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { refusedAsNotFirst } from '../../login/enrol-in-login.ts'
import { deviceLabel } from '../../sessions/device-label.ts'
import type { NoticeDeps } from '../../throttle/write-notice.ts'
import type { FactorEvent } from '../events.ts'
import type { FactorOwner, FirstFactorOwner } from '../factor-owner.ts'
import { writeFactorChangedMail } from '../mails/factor-changed.ts'
import { creationOptions } from './ceremony-options.ts'
import { newPasskey } from './new-passkey.ts'
import { PASSKEY_REFUSALS, passkeyRefused } from './refusals.ts'
import type { RelyingParty } from './relying-party.ts'
import { giveChallenge, type SessionChallengeDeps, takeChallenge } from './session-challenge.ts'
import type { CreationOptionsJson, RegistrationJson } from './wire.ts'

/** Passkeys of one user. */
const MAX_PASSKEYS = 50

/** Dependencies of `addPasskey`. */
export interface AddPasskeyDeps extends SessionChallengeDeps, NoticeDeps {
  readonly rp: RelyingParty
}

/** A new passkey of a user who is logged in. */
export interface NewPasskeyInput {
  readonly credential: RegistrationJson
  /** Default: the browser and the operating system. */
  readonly name?: string | undefined
}

/** Returns the options to add a passkey. The authenticators that have one already are left out. */
export async function addPasskeyOptions(
  deps: AddPasskeyDeps,
  principal: SessionPrincipal,
): Promise<CreationOptionsJson> {
  const existing = await deps.passkeys.list(principal.user.id)
  const challenge = await giveChallenge(deps, principal, 'add')
  return creationOptions(deps.rp, principal.user, { challenge, existing })
}

/**
 * Adds a passkey to an account.
 * @throws Refusal `passkey_refused` if the answer of the authenticator is not valid, or if its credential id exists;
 *   `too_many_passkeys`; `unauthenticated` if all sessions of the user were revoked in the meantime.
 */
export async function addPasskey(
  deps: AddPasskeyDeps,
  { principal, owner }: { readonly principal: SessionPrincipal; readonly owner: FactorOwner },
  input: NewPasskeyInput,
  stamp: Stamp<FactorEvent>,
): Promise<Passkey> {
  const { clientDataJSON: clientDataJson } = input.credential.response
  const challenge = await takeChallenge(deps, principal, { purpose: 'add', clientDataJson })
  const { userAgent } = principal.session.client
  return addVerifiedPasskey(deps, { owner, challenge, userAgent }, input, stamp)
}

/** The user of a new passkey, the challenge that was taken, and the browser, which names the passkey. */
export interface PasskeyAddition {
  readonly owner: FirstFactorOwner
  readonly challenge: string
  readonly userAgent: string | null
}

/**
 * Adds a passkey that answers a challenge.
 * @throws Refusal as `addPasskey`; `attempt_ended` if the user has a factor that they must not have.
 */
export async function addVerifiedPasskey(
  deps: AddPasskeyDeps,
  { owner: { user, securityEpoch, mustLack = [] }, challenge, userAgent }: PasskeyAddition,
  { credential, name }: NewPasskeyInput,
  stamp: Stamp<FactorEvent>,
): Promise<Passkey> {
  const passkey = await newPasskey(deps, {
    credential,
    challenge,
    userId: user.id,
    name: name ?? deviceLabel(userAgent),
  })
  const mails = await writeFactorChangedMail(deps, user, 'passkey_added')
  const owner = { userId: user.id, securityEpoch }
  const outcome = await deps.passkeys.add({ owner, passkey, max: MAX_PASSKEYS, mustLack }, () => ({
    events: [stamp({ type: 'factor.enrolled', userId: user.id, method: 'passkey' })],
    mails,
  }))
  if (outcome === 'exists') throw passkeyRefused('the credential id exists')
  if (outcome === 'too_many') throw new Refusal(PASSKEY_REFUSALS.too_many_passkeys)
  if (outcome === 'not_first') throw refusedAsNotFirst()
  if (outcome === 'stale') throw new Refusal('unauthenticated', { reason: 'all sessions were revoked in the meantime' })
  return passkey
}
