import type { WireAnswer, WireKey } from '../catalogue/wire.ts'
import type { Answer, BodyCall, Call, CallOptions, IdCall, QueryCall } from './calls.ts'
import { checkMembers, type MemberChecks } from './check-members.ts'
import { followSession } from './follow-session.ts'
import type { LatchkeyClient } from './latchkey-client.ts'
import { type ClientOptions, send } from './send.ts'

/** A longer wait is not a retry. */
const MAX_WAIT_SECONDS = 3_600

/** Input of a call, and its effect after a success. */
interface Use<Key extends WireKey> {
  readonly id?: string
  readonly query?: object
  readonly body?: unknown
  readonly done?: ((data: WireAnswer<Key>) => void) | undefined
}

const OPTIONS: MemberChecks<ClientOptions> = {
  baseUrl: {
    isRight: (value) => value === '' || (typeof value === 'string' && /^https?:\/\/[^/?#]/.test(value)),
    right: 'the origin of the service, such as https://id.example.com',
  },
  basePath: {
    isRight: (value) => typeof value === 'string' && /^(?:\/[a-z0-9-]+)+$/.test(value),
    right: 'a path such as /auth, without a slash at the end',
  },
  fetch: { isRight: (value) => typeof value === 'function', right: 'a function such as fetch' },
  headers: {
    isRight: (value) =>
      typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'),
    right: 'an object with texts: { cookie }',
  },
  credentials: {
    isRight: (value) => value === 'same-origin' || value === 'include',
    right: 'same-origin or include',
  },
  maxRetries: { isRight: (value) => Number.isSafeInteger(value) && Number(value) >= 0, right: 'a whole number from 0' },
  maxRetryWaitSeconds: {
    isRight: (value) => typeof value === 'number' && value >= 0 && value <= MAX_WAIT_SECONDS,
    right: `a number of seconds from 0 to ${MAX_WAIT_SECONDS}`,
  },
}

const CALL_OPTIONS: MemberChecks<CallOptions> = {
  signal: {
    isRight: (value) => typeof value === 'object' && value !== null && 'aborted' in value,
    right: 'an AbortSignal',
  },
}

/**
 * Creates a client. It sends nothing before the first call.
 * @throws TypeError if an option is unknown or wrong.
 */
export function createClient(options: ClientOptions = {}): LatchkeyClient {
  checkMembers('createClient', options, OPTIONS)
  const { baseUrl = '', basePath = '/auth' } = options
  const authUrl = baseUrl.replace(/\/$/, '') + basePath
  const settings = { ...options, authUrl }

  async function call<Key extends WireKey>(key: Key, use: Use<Key>, options: CallOptions = {}): Answer<Key> {
    checkMembers('The options of a call', options, CALL_OPTIONS)
    const { signal } = options
    const [method = '', path = ''] = key.split(' ')
    const moment = who.moment()
    const { body, done } = use
    const outgoing = { method, path: fillPath(path, use), body, signal }
    // The server's routes are compiled against the same calls, so this is the answer to this key.
    const result = (await send(settings, outgoing)) as Awaited<Answer<Key>>
    if (result.ok) done?.(result.data)
    else if (result.code === 'unauthenticated') who.isGone(moment)
    return result
  }
  function plain<Key extends WireKey>(key: Key, done?: Use<Key>['done']): Call<Key> {
    return (callOptions) => call(key, { done }, callOptions)
  }
  function withBody<Key extends WireKey>(key: Key, done?: Use<Key>['done']): BodyCall<Key> {
    return (body, callOptions) => call(key, { body, done }, callOptions)
  }
  function withQuery<Key extends WireKey>(key: Key): QueryCall<Key> {
    return (query, callOptions) => call(key, { query: query ?? {} }, callOptions)
  }
  function withId<Key extends WireKey>(key: Key, done?: (id: string) => void): IdCall<Key> {
    return async (id, callOptions) => {
      requireId(id)
      return call(key, { id, done: () => done?.(id) }, callOptions)
    }
  }
  const who = followSession(`latchkey ${authUrl}`, plain('GET /session'))
  const isComplete = (data: WireAnswer<'POST /login' | 'POST /register'>): void => {
    if (data.status === 'complete') who.isNow(data)
  }
  const isOver = (): void => who.isNow(null)

  return {
    get state() {
      return who.state()
    },
    onChange: who.onChange,
    async session(callOptions = {}) {
      checkMembers('The options of a call', callOptions, CALL_OPTIONS)
      return who.ask(callOptions)
    },
    register: withBody('POST /register', isComplete),
    logIn: withBody('POST /login', isComplete),
    logOut: plain('POST /logout', isOver),
    reauthenticate: withBody('POST /reauthenticate', who.hasNews),
    metadata: plain('GET '),
    sessions: {
      list: plain('GET /sessions'),
      revoke: withId('DELETE /sessions/{id}', who.isRevoked),
      revokeOthers: plain('DELETE /sessions'),
    },
    tokens: {
      create: withBody('POST /tokens'),
      list: plain('GET /tokens'),
      revoke: withId('DELETE /tokens/{id}'),
    },
    user: {
      get: plain('GET /user', who.hasNews),
      rename: withBody('PATCH /user', who.hasNews),
      delete: plain('DELETE /user', isOver),
      export: plain('GET /user/export'),
      events: withQuery('GET /user/events'),
    },
    password: {
      change: withBody('POST /password/change', who.hasNews),
      forgot: withBody('POST /password/forgot'),
      reset: withBody('POST /password/reset', who.mayDiffer),
    },
    email: {
      requestVerification: plain('POST /email/verify/request'),
      verify: withBody('POST /email/verify', who.mayDiffer),
      change: withBody('POST /email/change'),
      confirmChange: withBody('POST /email/change/confirm', who.mayDiffer),
      undoChange: withBody('POST /email/change/undo', who.mayDiffer),
    },
  }
}

/** Refuses texts that would change the path: the call could then act on more than one resource. */
function requireId(id: string): void {
  if (typeof id === 'string' && id !== '' && id !== '.' && id !== '..') return
  throw new TypeError('The first argument of this call must be an id, such as the id of a session')
}

/** Returns the path below the base path, with its id and query filled in. */
function fillPath(path: string, { id = '', query = {} }: { readonly id?: string; readonly query?: object }): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const filled = path.replace('{id}', encodeURIComponent(id))
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given)}`
}
