import { v7 } from 'uuid'
import type { Clock } from '../../kernel/clock.ts'
import type { UserId } from '../../kernel/ids.ts'
import type { Passkey } from '../../kernel/passkey.ts'
import { passkeyRefused } from './refusals.ts'
import type { RelyingParty } from './relying-party.ts'
import { verifyRegistration } from './verify-registration.ts'
import type { RegistrationJson } from './wire.ts'

/** Dependencies of `newPasskey`. */
export interface NewPasskeyDeps {
  readonly rp: RelyingParty
  readonly clock: Clock
}

/** An answer of an authenticator to a challenge that was taken. */
export interface CreatedCredential {
  readonly credential: RegistrationJson
  readonly challenge: string
  readonly userId: UserId
  readonly name: string
}

/**
 * Verifies a new credential, without storing it.
 * @throws Refusal `passkey_refused`.
 */
export async function newPasskey(
  { rp, clock }: NewPasskeyDeps,
  { credential, challenge, userId, name }: CreatedCredential,
): Promise<Passkey> {
  const verified = await verifyRegistration(rp, credential, challenge).catch((error: unknown) => {
    throw passkeyRefused(error)
  })
  const createdAt = clock()
  return { ...verified, id: v7({ msecs: createdAt }), userId, name, createdAt, lastUsedAt: null }
}
