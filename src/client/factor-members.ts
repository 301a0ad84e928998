import type { SessionJson, WireAnswer, WireKey } from '../catalogue/wire.ts'
import type { BodyCall, Call, IdCall, QueryCall } from './calls.ts'
import type { LatchkeyClient } from './latchkey-client.ts'

/** Functions that build the members of the client. */
interface Builders {
  readonly plain: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<Key>) => void) => Call<Key>
  readonly withBody: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<Key>) => void) => BodyCall<Key>
  readonly withId: <Key extends WireKey>(key: Key) => IdCall<Key>
  readonly withQuery: <Key extends WireKey>(key: Key) => QueryCall<Key>
}

/** What the client learns from an answer about the session. */
interface Follow {
  readonly isComplete: (data: WireAnswer<'POST /login/totp'>) => void
  readonly hasNews: (news: { readonly session?: SessionJson }) => void
  readonly mayDiffer: () => void
}

/** Returns the members of the client about second factors, and about everything that opens the account. */
export function factorMembers(
  { plain, withBody, withId, withQuery }: Builders,
  { isComplete, hasNews, mayDiffer }: Follow,
): Pick<LatchkeyClient, 'access' | 'login' | 'reauthenticateWith' | 'factors' | 'totp' | 'recoveryCodes'> {
  return {
    access: { list: withQuery('GET /access'), revokeOthers: plain('DELETE /access') },
    login: {
      attempt: plain('GET /login/attempt'),
      totp: withBody('POST /login/totp', isComplete),
      recoveryCode: withBody('POST /login/recovery-code', isComplete),
      email: withBody('POST /login/email'),
      confirmEmail: withBody('POST /login/email/confirm', isComplete),
    },
    reauthenticateWith: {
      totp: withBody('POST /reauthenticate/totp', hasNews),
      email: plain('POST /reauthenticate/email'),
      confirmEmail: withBody('POST /reauthenticate/email/confirm', hasNews),
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
  }
}
