import type { Passkey } from '../../kernel/passkey.ts'
import { requireBoundedData } from './authenticator-data.ts'
import { requireOwnPage } from './client-data.ts'
import type { RelyingParty } from './relying-party.ts'
import type { PasskeyUse } from './store.ts'
import { loadWebAuthn } from './webauthn-library.ts'
import type { AssertionJson } from './wire.ts'

/** An answer of an authenticator, and the passkey that it names. */
export interface Assertion {
  readonly credential: AssertionJson
  readonly passkey: Passkey
  readonly challenge: string
}

/**
 * Verifies an authentication ceremony (WebAuthn Level 3, section 7.2). The storage compares the counter, because it decides once
 * on all nodes.
 * @throws Error with the problem, for the log only.
 */
export async function verifyAssertion(
  rp: RelyingParty,
  { credential, passkey, challenge }: Assertion,
): Promise<Omit<PasskeyUse, 'usedAt'>> {
  requireOwnPage(credential.response.clientDataJSON)
  requireBoundedData(Buffer.from(credential.response.authenticatorData, 'base64url'))
  const { verifyAuthenticationResponse } = await loadWebAuthn()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...credential, clientExtensionResults: {}, response: withoutNull(credential.response) },
    expectedChallenge: challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
      counter: 0,
    },
  })
  if (!verified) throw new Error('the signature is wrong')
  return {
    id: passkey.id,
    counter: authenticationInfo.newCounter,
    isBackedUp: authenticationInfo.credentialBackedUp,
  }
}

/** Some browsers send `userHandle: null`. */
function withoutNull({
  userHandle,
  ...response
}: AssertionJson['response']): Omit<AssertionJson['response'], 'userHandle'> & { userHandle?: string } {
  return userHandle == null ? response : { ...response, userHandle }
}
