import type { Passkey } from '../../kernel/passkey.ts'
import { requireBoundedData } from './authenticator-data.ts'
import { skipCbor } from './bounded-cbor.ts'
import { requireOwnPage } from './client-data.ts'
import { requireAcceptedKey } from './public-key.ts'
import { ALGORITHMS, type RelyingParty } from './relying-party.ts'
import { loadCbor, loadWebAuthn } from './webauthn-library.ts'
import type { RegistrationJson } from './wire.ts'

/** What a registration ceremony proves about a new passkey. */
export type NewCredential = Pick<
  Passkey,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'syncs' | 'isBackedUp' | 'aaguid'
>

/**
 * Verifies a registration ceremony (WebAuthn Level 3, section 7.1). No attestation is asked for, so the attestation statement is
 * replaced by an empty one before the library sees it: no certificate is parsed and no revocation list is fetched.
 * @throws Error with the problem, for the log only.
 */
export async function verifyRegistration(
  rp: RelyingParty,
  credential: RegistrationJson,
  challenge: string,
): Promise<NewCredential> {
  requireOwnPage(credential.response.clientDataJSON)
  const [{ verifyRegistrationResponse }, { isoCBOR }] = await Promise.all([loadWebAuthn(), loadCbor()])
  const authData = readAuthenticatorData(isoCBOR, credential.response.attestationObject)
  const object = isoCBOR.encode(
    new Map<string, string | Uint8Array | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]),
  )
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      ...credential,
      clientExtensionResults: {},
      response: {
        clientDataJSON: credential.response.clientDataJSON,
        attestationObject: Buffer.from(object).toString('base64url'),
      },
    },
    expectedChallenge: challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  })
  if (!verified) throw new Error('not verified')
  const { id, publicKey, counter } = registrationInfo.credential
  if (id !== credential.id) throw new Error('credential id differs from that of the authenticator')
  requireAcceptedKey(isoCBOR.decodeFirst<Map<unknown, unknown>>(publicKey))
  return {
    credentialId: id,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports: credential.response.transports ?? [],
    syncs: registrationInfo.credentialDeviceType === 'multiDevice',
    isBackedUp: registrationInfo.credentialBackedUp,
    aaguid: registrationInfo.aaguid,
  }
}

/** Returns the authenticator data of an attestation object, within bounds. */
function readAuthenticatorData(
  cbor: Awaited<ReturnType<typeof loadCbor>>['isoCBOR'],
  attestationObject: string,
): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(attestationObject, 'base64url')
  if (skipCbor(bytes, 0) !== bytes.length) throw new Error('attestation object has more bytes than it needs')
  const decoded: unknown = cbor.decodeFirst(Uint8Array.from(bytes))
  const authData: unknown = decoded instanceof Map ? decoded.get('authData') : undefined
  if (!(authData instanceof Uint8Array)) throw new Error('attestation object without authenticator data')
  requireBoundedData(Buffer.from(authData))
  return Uint8Array.from(authData)
}
