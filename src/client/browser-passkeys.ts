import type { WireAnswer, WireTypes } from '../catalogue/wire.ts'

/** A new credential, and an answer of an authenticator, in JSON. */
export type NewCredential = WireTypes<'POST /passkeys'>['body']['credential']
export type UsedCredential = WireTypes<'POST /login/passkey'>['body']['credential']

/** The parts of WebAuthn in a browser that the client uses (WebAuthn Level 3, section 5.1). */
interface WebAuthn {
  readonly PublicKeyCredential: {
    parseCreationOptionsFromJSON(options: object): object
    parseRequestOptionsFromJSON(options: object): object
  }
  readonly navigator: {
    readonly credentials: Readonly<Record<'create' | 'get', (options: object) => Promise<{ toJSON(): unknown }>>>
  }
}

const browser = globalThis as unknown as WebAuthn // an older browser has less, and its TypeError becomes a refusal

/** Creates a passkey in the browser. It throws what the browser throws, such as `NotAllowedError`. */
export async function createPasskey(
  { options }: WireAnswer<'POST /passkeys/options'>,
  use: object,
): Promise<NewCredential> {
  const publicKey = browser.PublicKeyCredential.parseCreationOptionsFromJSON(options)
  return (await browser.navigator.credentials.create({ publicKey, ...use })).toJSON() as NewCredential
}

/** Asks the browser for the use of a passkey. It throws what the browser throws, such as `NotAllowedError`. */
export async function getPasskey(
  { options }: WireAnswer<'POST /login/passkey/options'>,
  use: object,
): Promise<UsedCredential> {
  const publicKey = browser.PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return (await browser.navigator.credentials.get({ publicKey, ...use })).toJSON() as UsedCredential
}
