import type { WireAnswer, WireKey } from '../catalogue/wire.ts'
import { accountMembers } from './account-members.ts'
import type { Answer, BodyCall, Call, CallOptions, IdBodyCall, IdCall, QueryCall, Use } from './calls.ts'
import { checkCallOptions, checkClientOptions, requireId } from './check-options.ts'
import { confirmCookie, type FirstKey, mayLoseCookies } from './confirm-cookie.ts'
import { factorMembers } from './factor-members.ts'
import { followSession } from './follow-session.ts'
import type { LatchkeyClient } from './latchkey-client.ts'
import { passkeyMembers } from './passkey-members.ts'
import { type ClientOptions, send } from './send.ts'

/**
 * Creates a client. It sends nothing before the first call.
 * @throws TypeError if an option is unknown or wrong.
 */
export function createClient(options: ClientOptions = {}): LatchkeyClient {
  checkClientOptions(options)
  const { baseUrl = '', basePath = '/auth' } = options
  const authUrl = baseUrl.replace(/\/$/, '') + basePath
  const settings = { ...options, authUrl }

  async function call<Key extends WireKey>(key: Key, use: Use<Key>, options: CallOptions = {}): Answer<Key> {
    checkCallOptions(options)
    const [method = '', path = ''] = key.split(' ')
    const moment = who.moment()
    const { body, done } = use
    const outgoing = { method, path: fillPath(path, use), body, signal: options.signal }
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
    return async (id, callOptions) => call(key, { id: requireId(id), done: () => done?.(id) }, callOptions)
  }
  function withIdAndBody<Key extends WireKey>(key: Key): IdBodyCall<Key> {
    return async (id, body, callOptions) => call(key, { id: requireId(id), body }, callOptions)
  }
  const who = followSession(`latchkey ${authUrl}`, plain('GET /session'))
  const isComplete = (data: WireAnswer<FirstKey>): void => {
    if (data?.status === 'complete') who.isNow(data)
  }
  const isOver = (): void => who.isNow(null)
  const news = { isComplete, isOver, hasNews: who.hasNews, mayDiffer: who.mayDiffer }
  const checks = { session: plain('GET /session'), attempt: plain('GET /login/attempt') }
  /** Sends a call that begins a session. Where the browser may have refused the cookie, the client checks that it kept it. */
  async function begin<Key extends FirstKey>(key: Key, use: Use<Key>, callOptions?: CallOptions): Answer<Key> {
    if (!mayLoseCookies(authUrl)) return call(key, { ...use, done: isComplete }, callOptions)
    const result = await confirmCookie<Key>(await call(key, use, callOptions), checks, { ...options, ...callOptions })
    if (result.ok) isComplete(result.data)
    return result
  }
  function first<Key extends FirstKey>(key: Key): BodyCall<Key> {
    return (body, callOptions) => begin(key, { body }, callOptions)
  }

  return {
    get state() {
      return who.state()
    },
    onChange: who.onChange,
    session: who.ask,
    register: first('POST /register'),
    logIn: first('POST /login'),
    logOut: plain('POST /logout', isOver),
    reauthenticate: withBody('POST /reauthenticate', who.hasNews),
    metadata: plain('GET '),
    ...factorMembers({ call, begin, first, plain, withBody, withId, withQuery }, news),
    passkeys: passkeyMembers({ plain, withBody, withId, withIdAndBody, first }, who),
    sessions: {
      list: withQuery('GET /sessions'),
      revoke: withId('DELETE /sessions/{id}', who.isRevoked),
      revokeOthers: plain('DELETE /sessions'),
    },
    tokens: {
      create: withBody('POST /tokens'),
      list: withQuery('GET /tokens'),
      revoke: withId('DELETE /tokens/{id}'),
    },
    ...accountMembers({ plain, withBody, withQuery }, news),
  }
}

/** Returns the path below the base path, with its id and query filled in. */
function fillPath(path: string, { id = '', query = {} }: { readonly id?: string; readonly query?: object }): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  if (path.includes('{') && id === '') throw new TypeError(`The id of ${path} is empty`)
  const filled = path.replace(/\{\w+\}/, encodeURIComponent(id))
  return given.length === 0
    ? filled
    : `${filled}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`
}
