/* Passkeys on the wire. The names inside `options` and `credential` are those of WebAuthn Level 3, section 5.1.8 to 5.1.10. */
import { defineCalls, json } from '../../kernel/define-calls.ts'
import type { StepRequiredJson } from '../../login/wire.ts'
import type { VerificationRequiredJson } from '../../registration/wire.ts'
import type { CompleteJson, SessionJson } from '../../sessions/wire.ts'

/** A passkey, as lists show it. */
export interface PasskeyJson {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  /** Null: it was never used. */
  readonly lastUsedAt: string | null
  /** True if it can be on several devices of the user. */
  readonly syncs: boolean
}

/** A credential that the browser should offer, or leave out. */
export interface CredentialDescriptorJson {
  readonly type: 'public-key'
  readonly id: string
  readonly transports: readonly string[]
}

/** Options for `PublicKeyCredential.parseCreationOptionsFromJSON`. */
export interface CreationOptionsJson {
  readonly challenge: string
  readonly rp: { readonly id: string; readonly name: string }
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly pubKeyCredParams: readonly { readonly type: 'public-key'; readonly alg: number }[]
  readonly timeout: number
  readonly attestation: 'none'
  readonly excludeCredentials: readonly CredentialDescriptorJson[]
  readonly authenticatorSelection: {
    readonly residentKey: 'required'
    readonly requireResidentKey: true
    readonly userVerification: 'required'
  }
}

/** Options for `PublicKeyCredential.parseRequestOptionsFromJSON`. */
export interface RequestOptionsJson {
  readonly challenge: string
  readonly rpId: string
  readonly timeout: number
  readonly userVerification: 'required'
  /** Empty: any passkey of this service. */
  readonly allowCredentials: readonly CredentialDescriptorJson[]
}

/** A new credential: `credential.toJSON()`. Other members are ignored. */
export interface RegistrationJson {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports?: readonly string[] | undefined
  }
}

/** An answer of an authenticator: `credential.toJSON()`. Other members are ignored. */
export interface AssertionJson {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string | null | undefined
  }
}

/** The person who registers. */
export interface RegisterPasskeyOptionsBody {
  readonly email: string
  readonly name?: string | undefined
  /** Token of an invitation, if the service requires one. */
  readonly invitation?: string | undefined
}

/** The same, and the new passkey. */
export interface RegisterPasskeyBody extends RegisterPasskeyOptionsBody {
  readonly credential: RegistrationJson
}

/** Which login the options are for. */
export interface LoginOptionsBody {
  /** True: a new login, also if another one waits for its second step. Default false. */
  readonly discoverable?: boolean | undefined
}

/** The answer of an authenticator at a login. */
export interface PasskeyLoginBody {
  readonly credential: AssertionJson
  /** True: the session survives the restart of the browser. The second step of a login keeps what the first one said. */
  readonly remember?: boolean | undefined
  /** True, in the second step: the next logins on this browser do not ask for a second factor, for 30 days. */
  readonly rememberDevice?: boolean | undefined
}

/** A new passkey. */
export interface AddPasskeyBody {
  readonly credential: RegistrationJson
  /** Default: the browser and the operating system. */
  readonly name?: string | undefined
}

/** The answer to a new passkey. In a login that required the factor also the login, which is complete now. */
export type PasskeyAddedJson =
  | { readonly passkey: PasskeyJson }
  | ((CompleteJson | StepRequiredJson) & { readonly passkey: PasskeyJson })

const REFUSED = ['passkey_refused'] as const

/** The calls that register, use and manage passkeys. */
export const passkeyCalls = defineCalls({
  'POST /register/passkey/options': {
    name: 'passkeys.registerOptions',
    access: 'anyone',
    body: json<RegisterPasskeyOptionsBody>(),
    answer: json<{ readonly options: CreationOptionsJson }>(),
    refusals: ['registration_closed', 'email_taken', 'token_invalid', 'too_many_requests'],
  },
  'POST /register/passkey': {
    name: 'passkeys.register',
    access: 'anyone',
    body: json<RegisterPasskeyBody>(),
    answer: json<CompleteJson | VerificationRequiredJson>(),
    refusals: ['registration_closed', 'email_taken', 'token_invalid', ...REFUSED],
  },
  'POST /login/passkey/options': {
    name: 'passkeys.logInOptions',
    access: 'anyone',
    body: json<LoginOptionsBody>(),
    answer: json<{ readonly options: RequestOptionsJson }>(),
    refusals: ['too_many_requests'],
  },
  'POST /login/passkey': {
    name: 'passkeys.logIn',
    access: 'anyone',
    body: json<PasskeyLoginBody>(),
    answer: json<CompleteJson | StepRequiredJson>(),
    refusals: ['attempt_ended', 'email_not_verified', ...REFUSED],
  },
  'POST /passkeys/options': {
    name: 'passkeys.addOptions',
    access: 'fresh_session',
    answer: json<{ readonly options: CreationOptionsJson }>(),
    refusals: ['too_many_requests'],
  },
  'POST /passkeys': {
    name: 'passkeys.add',
    access: 'fresh_session',
    body: json<AddPasskeyBody>(),
    answer: json<PasskeyAddedJson>(),
    refusals: ['too_many_passkeys', 'attempt_ended', 'too_many_requests', ...REFUSED],
  },
  'PATCH /passkeys/{id}': {
    name: 'passkeys.rename',
    access: 'fresh_session',
    body: json<{ readonly name: string }>(),
    answer: json<{ readonly passkey: PasskeyJson }>(),
  },
  'DELETE /passkeys/{id}': {
    name: 'passkeys.remove',
    access: 'fresh_session',
    answer: null,
    refusals: ['last_credential'],
  },
  'POST /reauthenticate/passkey/options': {
    name: 'passkeys.reauthenticateOptions',
    access: 'session',
    answer: json<{ readonly options: RequestOptionsJson }>(),
    refusals: ['too_many_requests'],
  },
  'POST /reauthenticate/passkey': {
    name: 'passkeys.reauthenticate',
    access: 'session',
    body: json<{ readonly credential: AssertionJson }>(),
    answer: json<{ readonly session: SessionJson }>(),
    refusals: [...REFUSED],
  },
})
