import { defineCalls, json } from '../kernel/define-calls.ts'

/** Query of `GET /verify`. */
export interface VerifyQuery {
  /** May repeat; the request must have all of the scopes. */
  readonly scope?: string | undefined
  readonly audience?: string | undefined
  /** `1`: the session must be fresh. */
  readonly fresh?: string | undefined
  /** May repeat; the session must have proven one of the methods. */
  readonly method?: string | undefined
  /** URL of the API that a token of an app must be for. */
  readonly resource?: string | undefined
  /** `login` redirects browsers that are not logged in. */
  readonly redirect?: string | undefined
}

/** The call that proxies send. */
export const forwardAuthCalls = defineCalls({
  'GET /verify': {
    name: 'verify',
    access: 'user',
    query: json<VerifyQuery>(),
    answer: null,
    refusals: [
      'bad_request',
      'cross_origin',
      'insufficient_scope',
      'insufficient_user_authentication',
      'reauthentication_required',
    ],
  },
})
