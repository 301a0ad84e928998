import { MINUTE_MS } from '../../kernel/clock.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import { toUserHandle } from './challenge.ts'
import { ALGORITHMS, type RelyingParty } from './relying-party.ts'
import type { CreationOptionsJson, CredentialDescriptorJson, RequestOptionsJson } from './wire.ts'

/** The time that a browser gives a user. */
const TIMEOUT_MS = 5 * MINUTE_MS

/** The user who gets a new passkey. */
export interface PasskeyUser {
  readonly id: UserId
  readonly email: string
  readonly name: string | null
}

/**
 * Returns the options for a new passkey: discoverable, with user verification, without attestation.
 * @param existing passkeys of the user, so that an authenticator does not create a second one.
 */
export function creationOptions(
  rp: RelyingParty,
  { id, email, name }: PasskeyUser,
  { challenge, existing }: { readonly challenge: string; readonly existing: readonly Passkey[] },
): CreationOptionsJson {
  return {
    challenge,
    rp: { id: rp.id, name: rp.name },
    user: { id: toUserHandle(id), name: email, displayName: name ?? email },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    attestation: 'none',
    excludeCredentials: existing.map(toDescriptor),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  }
}

/**
 * Returns the options for the use of a passkey.
 * @param allowed the passkeys that the browser may offer. Empty: any passkey of this service.
 */
export function requestOptions(rp: RelyingParty, challenge: string, allowed: readonly Passkey[]): RequestOptionsJson {
  return {
    challenge,
    rpId: rp.id,
    timeout: TIMEOUT_MS,
    userVerification: 'required',
    allowCredentials: allowed.map(toDescriptor),
  }
}

function toDescriptor({ credentialId, transports }: Passkey): CredentialDescriptorJson {
  return { type: 'public-key', id: credentialId, transports }
}
