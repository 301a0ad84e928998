import type { WireAnswer, WireKey, WireTypes } from '../catalogue/wire.ts'
import type { BodyCall, Call, CallOptions, IdBodyCall, IdCall } from './calls.ts'
import type { Result } from './result.ts'

/** The body of a call. */
type Body<Key extends WireKey> = WireTypes<Key>['body']

/** A call with a passkey. Without `credential`, the browser asks the user for it. The code can be that of either request. */
type CeremonyCall<Key extends WireKey, Input> = (
  input: Input,
  options?: CallOptions,
) => Promise<Result<WireAnswer<Key>>>

/** A call with a passkey whose input is optional. */
type OptionalCeremonyCall<Key extends WireKey, Input> = (
  input?: Input,
  options?: CallOptions,
) => Promise<Result<WireAnswer<Key>>>

/**
 * The calls about passkeys. `register`, `logIn`, `add` and `reauthenticate` do everything in a browser: they request the options, ask the
 * user and send the answer. Apps that ask the user themselves call `…Options` and pass the `credential`.
 */
export interface PasskeyMembers {
  readonly registerOptions: BodyCall<'POST /register/passkey/options'>
  /** Creates an account with a passkey instead of a password, and logs in. */
  readonly register: CeremonyCall<
    'POST /register/passkey',
    Body<'POST /register/passkey/options'> & Partial<Pick<Body<'POST /register/passkey'>, 'credential'>>
  >
  readonly logInOptions: BodyCall<'POST /login/passkey/options'>
  /**
   * Logs in with a passkey, or continues a login that asks for one. `mediation: 'conditional'`: the browser offers passkeys in a field with
   * `autocomplete="username webauthn"`; abort it with `signal` before another login.
   */
  readonly logIn: OptionalCeremonyCall<
    'POST /login/passkey',
    Partial<Body<'POST /login/passkey'>> & { readonly mediation?: 'conditional' | undefined }
  >
  readonly addOptions: Call<'POST /passkeys/options'>
  /** Adds a passkey to the account. Requires a fresh session. */
  readonly add: OptionalCeremonyCall<'POST /passkeys', Partial<Body<'POST /passkeys'>>>
  /** Renames a passkey. Requires a fresh session. */
  readonly rename: IdBodyCall<'PATCH /passkeys/{id}'>
  /** Removes a passkey. Requires a fresh session. */
  readonly remove: IdCall<'DELETE /passkeys/{id}'>
  readonly reauthenticateOptions: Call<'POST /reauthenticate/passkey/options'>
  /** Confirms the identity of the user with a passkey. The session becomes fresh. */
  readonly reauthenticate: OptionalCeremonyCall<
    'POST /reauthenticate/passkey',
    Partial<Body<'POST /reauthenticate/passkey'>>
  >
}
