import { acceptProfile } from '../../accounts/create-user.ts'
import { ACCOUNT_REFUSALS } from '../../accounts/refusals.ts'
import { parseEmailAddress } from '../../kernel/email-address.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { IssuedSession, SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import {
  openRegistration,
  type RegisterAsDeps,
  type RegistrationEvent,
  registerAs,
} from '../../registration/register.ts'
import { deviceLabel } from '../../sessions/device-label.ts'
import { withRegisterTry } from '../../throttle/other-tries.ts'
import type { Caller } from '../../throttle/throttle.ts'
import { beginCeremony, type CeremonyDeps } from './begin-ceremony.ts'
import { creationOptions } from './ceremony-options.ts'
import { userIdOf } from './challenge.ts'
import { newPasskey } from './new-passkey.ts'
import { passkeyRefused } from './refusals.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyStore } from './store.ts'
import { takeCeremony } from './take-ceremony.ts'
import type { CreationOptionsJson, RegisterPasskeyBody, RegisterPasskeyOptionsBody } from './wire.ts'

/** Dependencies of a registration with a passkey. */
export interface RegisterWithPasskeyDeps extends RegisterAsDeps, CeremonyDeps {
  readonly rp: RelyingParty
  readonly passkeys: PasskeyStore
}

/** The options, and the token of the attempt that keeps their challenge. */
export interface RegisterOptions {
  readonly options: CreationOptionsJson
  readonly token: string
}

/**
 * Begins a registration with a passkey. It counts as the registration: the second call needs its challenge and its address.
 * @throws Refusal `registration_closed`, `validation_failed`, `token_invalid` (the invitation), `too_many_requests`; `email_taken`,
 *   unless verification is required: then the answer is the same for every address.
 */
export async function registerOptions(
  deps: RegisterWithPasskeyDeps,
  { email, name, invitation }: RegisterPasskeyOptionsBody,
  caller: Caller,
): Promise<RegisterOptions> {
  return withRegisterTry(deps.throttle, caller, async () => {
    const accepted = await acceptProfile({ email, name })
    await openRegistration(deps, { invitation, email: accepted.email })
    const isTaken = deps.verifyEmailMode !== 'required' && (await deps.users.findByEmail(accepted.email)) !== null
    if (isTaken) throw new Refusal(ACCOUNT_REFUSALS.email_taken)
    const { challenge, token, beganAt } = await beginCeremony(deps, { caller, openRounds: [], email: accepted.email })
    const user = { ...accepted, id: userIdOf(challenge, beganAt) }
    return { options: creationOptions(deps.rp, user, { challenge, existing: [] }), token }
  })
}

/** The body, the tokens of the attempts, the caller, and the session of the same browser that the new one replaces. */
export interface RegisterWithPasskeyInput extends RegisterPasskeyBody {
  readonly tokens: readonly string[]
  readonly caller: Caller
  readonly replaces: SessionPrincipal | null
}

/**
 * Creates a user with a passkey and without a password, and their first session.
 * @returns null if the address must be verified first.
 * @throws Refusal `passkey_refused`, `registration_closed`, `token_invalid`; `email_taken`, unless verification is required.
 */
export async function registerWithPasskey(
  deps: RegisterWithPasskeyDeps,
  input: RegisterWithPasskeyInput,
  stamp: Stamp<RegistrationEvent>,
): Promise<IssuedSession | null> {
  const { credential, caller, replaces } = input
  const { attempt, challenge } = await takeCeremony(deps, input, credential.response.clientDataJSON)
  const { email } = attempt
  const isOurs = attempt.openRounds.length === 0 && email !== null && email === parseEmailAddress(input.email)
  if (!isOurs) throw passkeyRefused('the challenge is of another address or of a login')
  const { name } = await acceptProfile(input)
  const invitation = await openRegistration(deps, { invitation: input.invitation, email })
  const userId = userIdOf(challenge, attempt.createdAt)
  const label = deviceLabel(caller.client.userAgent)
  const passkey = await newPasskey(deps, { credential, challenge, userId, name: label })
  if ((await deps.passkeys.findByCredentialId(passkey.credentialId)) !== null) {
    throw passkeyRefused('the credential id exists')
  }
  const registrant = {
    id: userId,
    email,
    name,
    method: 'passkey',
    credential: async () => ({ passwordHash: null, passkey }),
  }
  return registerAs(deps, { registrant, invitation, client: caller.client, replaces }, stamp)
}
