/*
 * A second verifier, written by others (`fido2-lib`), agrees with ours: both accept 200 ceremonies of our software authenticator, and both
 * refuse 40 that were changed.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { Fido2Lib } from 'fido2-lib'
import { expect, test } from 'vitest'
import { creationOptions, requestOptions } from '../src/factors/passkeys/ceremony-options.ts'
import { newChallenge, toUserHandle } from '../src/factors/passkeys/challenge.ts'
import { verifyAssertion } from '../src/factors/passkeys/verify-assertion.ts'
import { verifyRegistration } from '../src/factors/passkeys/verify-registration.ts'
import type { AssertionJson, RegistrationJson } from '../src/factors/passkeys/wire.ts'
import { newUserId } from '../src/kernel/ids.ts'
import type { Passkey } from '../src/kernel/passkey.ts'
import { type CeremonyOverrides, createAuthenticator, type SoftwareAuthenticator } from '../src/testing.ts'

const ORIGIN = 'https://app.example'
const rp = { id: 'app.example', name: 'App', origins: [ORIGIN] }
const user = { id: newUserId(Date.now), email: 'ada@example.com', name: null }
const ALGORITHMS = [-7, -257] as const

/** Returns an ArrayBuffer, which is what the other library takes. */
function toBuffer(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64url')).buffer
}

const theirs = new Fido2Lib({
  rpId: rp.id,
  rpName: rp.name,
  challengeSize: 32,
  attestation: 'none',
  cryptoParams: [...ALGORITHMS],
  authenticatorUserVerification: 'required',
})

interface Registered {
  readonly authenticator: SoftwareAuthenticator
  readonly passkey: Passkey
  readonly publicKeyPem: string
}

const passes = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

/** Returns the public key that the other library reads; it throws if it refuses the registration. */
async function theirRegistration({ id, response }: RegistrationJson, challenge: string): Promise<string> {
  const { attestationObject, clientDataJSON } = response
  const answer = {
    id: toBuffer(id),
    rawId: toBuffer(id),
    response: { attestationObject, clientDataJSON },
  }
  const found = await theirs.attestationResult(answer, { challenge, origin: ORIGIN, factor: 'first' })
  return String(found.authnrData.get('credentialPublicKeyPem'))
}

async function theirAssertion(
  { id, response }: AssertionJson,
  { passkey, publicKeyPem }: Registered,
  challenge: string,
): Promise<void> {
  const { authenticatorData, clientDataJSON, signature } = response
  const answer = {
    id: toBuffer(id),
    rawId: toBuffer(id),
    response: {
      authenticatorData: toBuffer(authenticatorData),
      clientDataJSON,
      signature,
      userHandle: toUserHandle(passkey.userId),
    },
  }
  await theirs.assertionResult(answer, {
    challenge,
    origin: ORIGIN,
    factor: 'first',
    publicKey: publicKeyPem,
    prevCounter: 0,
    userHandle: toUserHandle(passkey.userId),
  })
}

async function register(algorithm: (typeof ALGORITHMS)[number]): Promise<Registered> {
  const authenticator = createAuthenticator({ origin: ORIGIN, algorithm, syncs: false })
  const challenge = newChallenge()
  const credential = authenticator.create(creationOptions(rp, user, { challenge, existing: [] }))
  const verified = await verifyRegistration(rp, credential, challenge)
  const publicKeyPem = await theirRegistration(credential, challenge)
  const times = { createdAt: Date.now(), lastUsedAt: null }
  const passkey = { ...verified, id: randomUUID(), userId: user.id, name: 'Key', ...times }
  return { authenticator, passkey, publicKeyPem }
}

test('both accept 200 ceremonies', async () => {
  for (let round = 0; round < 100; round++) {
    const registered = await register(round % 10 === 0 ? -257 : -7)
    const { authenticator, passkey } = registered
    const challenge = newChallenge()
    const credential = authenticator.get(requestOptions(rp, challenge, [passkey]))
    await verifyAssertion(rp, { credential, passkey, challenge })
    await theirAssertion(credential, registered, challenge)
  }
})

const OVERRIDES: readonly (readonly [string, CeremonyOverrides])[] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['an origin without TLS', { origin: 'http://app.example' }],
  ['another RP ID', { rpId: 'evil.example' }],
  ['another challenge', { challenge: randomBytes(32).toString('base64url') }],
  ['another type', { type: 'webauthn.other' }],
  ['no user verification', { userVerified: false }],
]

test.each(OVERRIDES)('both refuse a registration and a login with %s', async (_, overrides) => {
  const challenge = newChallenge()
  const authenticator = createAuthenticator({ origin: ORIGIN })
  const created = authenticator.create(creationOptions(rp, user, { challenge, existing: [] }), overrides)
  expect([
    await passes(verifyRegistration(rp, created, challenge)),
    await passes(theirRegistration(created, challenge)),
  ]).toEqual([false, false])
  const registered = await register(-7)
  const { passkey } = registered
  const credential = registered.authenticator.get(requestOptions(rp, challenge, [passkey]), overrides)
  expect([
    await passes(verifyAssertion(rp, { credential, passkey, challenge })),
    await passes(theirAssertion(credential, registered, challenge)),
  ]).toEqual([false, false])
})

test('both refuse 28 logins in which one byte is another', async () => {
  const registered = await register(-7)
  const { authenticator, passkey } = registered
  for (let round = 0; round < 28; round++) {
    const part = (['signature', 'authenticatorData'] as const)[round % 2] ?? 'signature'
    const challenge = newChallenge()
    const credential = authenticator.get(requestOptions(rp, challenge, [passkey]))
    const bytes = Buffer.from(credential.response[part], 'base64url')
    // The last bytes of the signature, and the RP ID and counter of the data: no change of a length that a parser would refuse.
    const at = part === 'signature' ? bytes.length - 1 - round : round
    bytes[at] = (bytes[at] ?? 0) ^ 0x01
    const changed = { ...credential, response: { ...credential.response, [part]: bytes.toString('base64url') } }
    expect([
      part,
      at,
      await passes(verifyAssertion(rp, { credential: changed, passkey, challenge })),
      await passes(theirAssertion(changed, registered, challenge)),
    ]).toEqual([part, at, false, false])
  }
})
