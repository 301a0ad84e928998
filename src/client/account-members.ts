import type { SessionJson, WireAnswer, WireKey } from '../catalogue/wire.ts'
import type { UserJson } from '../kernel/wire.ts'
import type { BodyCall, Call, QueryCall } from './calls.ts'
import type { LatchkeyClient } from './latchkey-client.ts'

/** Functions that build the members of the client. */
interface Builders {
  readonly plain: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<Key>) => void) => Call<Key>
  readonly withBody: <Key extends WireKey>(key: Key, done?: (data: WireAnswer<Key>) => void) => BodyCall<Key>
  readonly withQuery: <Key extends WireKey>(key: Key) => QueryCall<Key>
}

/** What the client learns from an answer about the session. */
interface Follow {
  readonly isOver: () => void
  readonly hasNews: (news: { readonly user?: UserJson; readonly session?: SessionJson }) => void
  readonly mayDiffer: () => void
}

/** Returns the members of the client about your account: the user, the password, the email address. */
export function accountMembers(
  { plain, withBody, withQuery }: Builders,
  { isOver, hasNews, mayDiffer }: Follow,
): Pick<LatchkeyClient, 'user' | 'password' | 'email'> {
  return {
    user: {
      get: plain('GET /user', hasNews),
      rename: withBody('PATCH /user', hasNews),
      delete: plain('DELETE /user', isOver),
      export: plain('GET /user/export'),
      events: withQuery('GET /user/events'),
    },
    password: {
      change: withBody('POST /password/change', hasNews),
      forgot: withBody('POST /password/forgot'),
      reset: withBody('POST /password/reset', mayDiffer),
    },
    email: {
      requestVerification: plain('POST /email/verify/request'),
      verify: withBody('POST /email/verify', mayDiffer),
      change: withBody('POST /email/change'),
      confirmChange: withBody('POST /email/change/confirm', mayDiffer),
      undoChange: withBody('POST /email/change/undo', mayDiffer),
    },
  }
}
