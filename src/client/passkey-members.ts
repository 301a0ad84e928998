import type { SessionJson, WireAnswer, WireKey, WireTypes } from '../catalogue/wire.ts'
import { createPasskey, getPasskey } from './browser-passkeys.ts'
import type { BodyCall, Call, CallOptions, IdBodyCall, IdCall } from './calls.ts'
import type { PasskeyMembers } from './passkey-calls.ts'
import type { Refused, Result, Success } from './result.ts'

/** Functions that build the members of the client. */
interface Builders {
  readonly plain: <Key extends WireKey>(key: Key) => Call<Key>
  readonly withBody: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<Key>) => void) => BodyCall<Key>
  readonly withId: <Key extends WireKey>(key: Key, done?: () => void) => IdCall<Key>
  readonly withIdAndBody: <Key extends WireKey>(key: Key) => IdBodyCall<Key>
  readonly first: <Key extends 'POST /login/passkey' | 'POST /register/passkey'>(key: Key) => BodyCall<Key>
}

/** What the client learns from an answer about the session. */
interface Follow {
  readonly hasNews: (news: { readonly session?: SessionJson }) => void
  readonly mayDiffer: () => void
}

/** Input of every call with a ceremony, and members that only one of them has. */
interface Input {
  /** The credential of an app that asked the user itself. Undefined: the browser asks. */
  readonly credential?: object | undefined
  readonly mediation?: string | undefined
}

/** Returns the result of a user who cancelled, has no passkey or took too long, or of a browser that is too old. */
function notUsed(cause: unknown): Refused {
  const title = 'The passkey was not used'
  const detail = String(cause)
  return { ok: false, code: 'passkey_not_used', status: 0, title, detail, errors: [], retryAfterSeconds: null, cause }
}

/**
 * Returns a call that requests the options, asks the user, and sends the answer.
 * @param begin gets the input without the credential.
 */
function ceremony<Key extends WireKey, Options>(
  begin: (input: never, use: CallOptions) => Promise<Success<Options> | Refused>,
  ask: (options: Options, use: object) => Promise<object>,
  finish: BodyCall<Key>,
): (input?: Input, use?: CallOptions) => Promise<Result<WireAnswer<Key>>> {
  return async ({ credential, mediation, ...rest } = {}, use = {}) => {
    let used = credential
    if (used === undefined) {
      const begun = await begin((mediation ? { discoverable: true } : rest) as never, use) // `PasskeyMembers` has its type
      if (!begun.ok) return begun
      try {
        used = await ask(begun.data, { ...use, mediation })
      } catch (cause) {
        if (use.signal?.aborted) throw cause
        return notUsed(cause)
      }
    }
    return finish({ ...rest, credential: used } as WireTypes<Key>['body'], use) as Promise<Result<WireAnswer<Key>>>
  }
}

/** Returns the members of the client about passkeys. */
export function passkeyMembers(
  { plain, withBody, withId, withIdAndBody, first }: Builders,
  { hasNews, mayDiffer }: Follow,
): PasskeyMembers {
  const registerOptions = withBody('POST /register/passkey/options')
  const logInOptions = withBody('POST /login/passkey/options')
  const addOptions = plain('POST /passkeys/options')
  const reauthenticateOptions = plain('POST /reauthenticate/passkey/options')
  return {
    registerOptions,
    register: ceremony(registerOptions, createPasskey, first('POST /register/passkey')),
    logInOptions,
    logIn: ceremony(
      (input: { discoverable?: true }, use) => logInOptions(input.discoverable ? input : {}, use),
      getPasskey,
      first('POST /login/passkey'),
    ),
    addOptions,
    add: ceremony((_, use) => addOptions(use), createPasskey, withBody('POST /passkeys', mayDiffer)),
    rename: withIdAndBody('PATCH /passkeys/{id}'),
    remove: withId('DELETE /passkeys/{id}', mayDiffer),
    reauthenticateOptions,
    reauthenticate: ceremony(
      (_, use) => reauthenticateOptions(use),
      getPasskey,
      withBody('POST /reauthenticate/passkey', hasNews),
    ),
  }
}
