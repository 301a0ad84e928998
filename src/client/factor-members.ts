import type { SessionJson, WireAnswer, WireKey } from '../catalogue/wire.ts'
import type { Answer, BodyCall, Call, CallOptions, IdCall, QueryCall, Use } from './calls.ts'
import { requireId } from './check-options.ts'
import type { LatchkeyClient } from './latchkey-client.ts'

/** Functions that build the members of the client. */
interface Builders {
  readonly plain: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<NoInfer<Key>>) => void) => Call<Key>
  readonly withBody: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<NoInfer<Key>>) => void) => BodyCall<Key>
  readonly withId: <Key extends WireKey>(key: Key) => IdCall<Key>
  readonly withQuery: <Key extends WireKey>(key: Key) => QueryCall<Key>
  readonly first: (key: 'POST /login/email') => BodyCall<'POST /login/email'>
  readonly begin: (
    key: 'POST /login/with/{provider}',
    use: Use<'POST /login/with/{provider}'>,
    options?: CallOptions,
  ) => Answer<'POST /login/with/{provider}'>
  readonly call: <Key extends WireKey>(key: Key, use: Use<Key>, options?: CallOptions) => Answer<Key>
}

/** What the client learns from an answer about the session. */
interface Follow {
  readonly isComplete: (data: WireAnswer<'POST /login/with/{provider}'>) => void
  readonly hasNews: (news: { readonly session?: SessionJson }) => void
  readonly mayDiffer: () => void
}

/** Returns the members of the client about second factors, and about everything that opens the account. */
export function factorMembers(
  { call, begin, first, plain, withBody, withId, withQuery }: Builders,
  { isComplete, hasNews, mayDiffer }: Follow,
): Pick<
  LatchkeyClient,
  | 'access'
  | 'grants'
  | 'consent'
  | 'device'
  | 'login'
  | 'reauthenticateWith'
  | 'identities'
  | 'factors'
  | 'totp'
  | 'recoveryCodes'
  | 'recovery'
> {
  return {
    access: { list: withQuery('GET /access'), revokeOthers: plain('DELETE /access') },
    grants: { list: plain('GET /grants'), revoke: withId('DELETE /grants/{id}') },
    consent: { get: withQuery('GET /oauth/consent'), decide: withBody('POST /oauth/consent') },
    device: { get: withQuery('GET /device'), decide: withBody('POST /device') },
    login: {
      attempt: plain('GET /login/attempt'),
      totp: withBody('POST /login/totp', isComplete),
      recoveryCode: withBody('POST /login/recovery-code', isComplete),
      recovery: plain('POST /login/recovery', (data) => {
        if ('status' in data) isComplete(data)
      }),
      email: first('POST /login/email'),
      confirmEmail: withBody('POST /login/email/confirm', isComplete),
      withIdToken: async (id, body, options) =>
        begin('POST /login/with/{provider}', { id: requireId(id), body }, options),
    },
    reauthenticateWith: {
      totp: withBody('POST /reauthenticate/totp', hasNews),
      email: plain('POST /reauthenticate/email'),
      confirmEmail: withBody('POST /reauthenticate/email/confirm', hasNews),
      provider: async (id, query = {}, options) =>
        call('POST /reauthenticate/with/{provider}', { id: requireId(id), query }, options),
    },
    identities: {
      list: plain('GET /identities'),
      link: async (id, query = {}, options) => call('POST /identities/{id}', { id: requireId(id), query }, options),
      unlink: withId('DELETE /identities/{id}'),
    },
    factors: {
      list: plain('GET /factors'),
      forgetDevice: withId('DELETE /factors/remembered-devices/{id}'),
    },
    totp: {
      create: plain('POST /totp'),
      confirm: withBody('POST /totp/confirm', mayDiffer),
      remove: plain('DELETE /totp', mayDiffer),
    },
    recoveryCodes: { create: plain('POST /recovery-codes') },
    recovery: { get: plain('GET /recovery'), cancel: plain('DELETE /recovery') },
  }
}
