/*
 * The endpoints of OAuth 2 and OpenID Connect. Each passes its request to the engine. `authorize` is for browsers and looks at the
 * session; all others are for programs, from pages of any origin.
 */
import { defineCall } from '../kernel/define-calls.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Answer, defineRoute, type ProtocolRequest, type ProtocolUse, type Route } from '../kernel/route.ts'
import type { Pages } from '../pages/pages.ts'
import type { Throttle } from '../throttle/throttle.ts'
import { asksTooOften } from './device/slow-down.ts'
import { countEndpoint, refuseSpentEndpoint } from './endpoint-limits.ts'
import type { BridgedResponse } from './engine/bridge.ts'
import { type CallEngineDeps, callEngine, type EngineAnswer, type EngineCall } from './engine/call-engine.ts'
import { SCOPE_COPY } from './engine/create-engine.ts'
import { toHashedId } from './engine/find-token.ts'
import { readFormPost, showFormPost } from './form-post.ts'
import { OAUTH_REFUSALS } from './refusals.ts'
import { type OAuthSettings, resourceUrls } from './settings.ts'
import { isJwt } from './tokens/access-jwt.ts'

/** Paths for programs, with their methods. */
const PROGRAM_PATHS = [
  ['POST', '/oauth/token', 'token', 'exchange a code or a refresh token for tokens (RFC 6749)'],
  ['POST', '/oauth/device', 'deviceAuthorization', 'begin on a device without a browser (RFC 8628)'],
  ['POST', '/oauth/par', 'par', 'push an authorization request (RFC 9126)'],
  ['POST', '/oauth/introspect', 'introspect', 'ask about a token (RFC 7662)'],
  ['POST', '/oauth/revoke', 'revoke', 'revoke a token (RFC 7009)'],
  ['GET', '/oauth/userinfo', 'userinfo', 'read the user (OpenID Connect Core)'],
  ['POST', '/oauth/userinfo', 'userinfoByPost', 'read the user (OpenID Connect Core)'],
  ['GET', '/.well-known/openid-configuration', 'discovery', 'describe the authorization server'],
  ['GET', '/.well-known/oauth-authorization-server', 'serverMetadata', 'describe the authorization server (RFC 8414)'],
] as const

/** Endpoints where apps prove who they are. */
const PROVING = new Set(['/oauth/token', '/oauth/par', '/oauth/device', '/oauth/introspect', '/oauth/revoke'])
/** Endpoints that leave a row before a user decided. */
const STARTING = new Set(['/oauth/par', '/oauth/device'])

const PASSED_HEADERS = ['www-authenticate', 'dpop-nonce']

/** Dependencies of the routes of the protocol. */
export interface ProtocolDeps extends CallEngineDeps {
  readonly throttle: Throttle
  readonly pages: Pages
  readonly oauthSettings: Pick<OAuthSettings, 'resources'>
}

/** Builds the routes of the protocol. */
export function protocolRoutes(deps: ProtocolDeps): Route[] {
  return [
    ...PROGRAM_PATHS.map(([method, path, name, summary]) =>
      protocolRoute({ method, path, name, summary }, { respond: (request) => answerProgram(deps, request, path) }),
    ),
    ...(['GET', 'POST'] as const).map((method) =>
      protocolRoute(
        {
          method,
          path: '/oauth/authorize',
          name: `authorizeBy${method}`,
          summary: 'begin an authorization (RFC 6749)',
        },
        { isForBrowsers: true, respond: (request) => authorize(deps, request, '/oauth/authorize') },
      ),
    ),
    protocolRoute(
      { method: 'GET', path: '/oauth/authorize/{id}', name: 'resume', summary: 'continue an authorization' },
      { isForBrowsers: true, respond: (request) => resume(deps, request) },
    ),
    ...['oauth-authorization-server', 'openid-configuration'].map((name) => ({
      ...protocolRoute(
        {
          method: 'GET',
          path: `/.well-known/${name}${deps.basePath}`,
          name,
          summary: 'describe the authorization server',
        },
        { respond: (request) => answerProgram(deps, request, `/.well-known/${name}`) },
      ),
      isAtRoot: true as const,
    })),
  ]
}

interface ProtocolPath {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly name: string
  readonly summary: string
}

/** Builds one route of a protocol. */
export function protocolRoute({ method, path, name, summary }: ProtocolPath, protocol: ProtocolUse): Route {
  const route = defineRoute(defineCall(`${method} ${path}`, { name: `oauth.${name}`, access: 'anyone' }), {
    summary: `OAuth: ${summary}`,
    answers: {},
    async handle() {
      throw new Error('the protocol answers')
    },
  })
  return { ...route, protocol }
}

async function answerProgram(deps: ProtocolDeps, request: ProtocolRequest, path: string): Promise<Answer> {
  refuseSpentEndpoint(deps.throttle, 'failure', request)
  if (STARTING.has(path)) countStart(deps, request)
  const answer = await callEngine(deps, request, { ...nameJwt(path, prepare(deps, request)), path })
  if (answer !== 'conflict' && answer.status === 401 && PROVING.has(path))
    countEndpoint(deps.throttle, 'failure', request)
  // RFC 7009 asks for no body, but some clients read JSON.
  if (answer !== 'conflict' && answer.status === 200 && answer.body.byteLength === 0) return { status: 200, body: {} }
  if (answer !== 'conflict') return (await slowDown(deps, request, answer)) ?? toAnswer(answer)
  // Another request used the code or the token at the same moment, or the user revoked the grant.
  return { status: 400, body: { error: 'invalid_grant', error_description: 'grant request is invalid' } }
}

/** Returns the answer for a device that asks too often whether its user decided; null for everything else. */
async function slowDown(
  { throttle }: ProtocolDeps,
  { body }: ProtocolRequest,
  answer: BridgedResponse,
): Promise<Answer | null> {
  if (answer.status !== 400 || !answer.body.includes('"authorization_pending"')) return null
  const deviceCode = new URLSearchParams(Buffer.from(body).toString()).get('device_code') ?? ''
  if (!(await asksTooOften(throttle, deviceCode))) return null
  return { status: 400, body: { error: 'slow_down', error_description: 'ask every 5 seconds at most' } }
}

async function authorize(deps: ProtocolDeps, request: ProtocolRequest, path: string): Promise<Answer> {
  refuseSpentEndpoint(deps.throttle, 'start', request)
  const { body, search } = prepare(deps, request)
  const answer = await callEngine(deps, request, { body, path: `${path}${search}` })
  const isWaiting = answer !== 'conflict' && answer.headers.location?.startsWith(`${deps.basePath}/`) === true
  if (isWaiting) countEndpoint(deps.throttle, 'start', request)
  return toBrowserAnswer(deps, request, answer)
}

/** Counts a request that leaves a row. */
function countStart({ throttle }: ProtocolDeps, request: ProtocolRequest): void {
  refuseSpentEndpoint(throttle, 'start', request)
  countEndpoint(throttle, 'start', request)
}

async function resume(deps: ProtocolDeps, request: ProtocolRequest): Promise<Answer> {
  const interaction = new URL(request.request.url).pathname.split('/').at(-1) ?? ''
  if (!/^[\w-]{20,64}$/.test(interaction)) throw new Refusal(OAUTH_REFUSALS.consent_ended)
  const answer = await callEngine(deps, request, {
    body: request.body,
    path: `/oauth/authorize/${interaction}`,
    interaction,
  })
  const posted = answer === 'conflict' ? null : readFormPost(answer)
  if (posted !== null) return showFormPost(deps.pages, request.request, posted)
  if (answer === 'conflict' || answer.status >= 400) throw new Refusal(OAUTH_REFUSALS.consent_ended)
  return toAnswer(answer)
}

async function toBrowserAnswer(
  { pages }: ProtocolDeps,
  { request }: ProtocolRequest,
  answer: EngineAnswer,
): Promise<Answer> {
  if (answer === 'conflict') throw new Refusal(OAUTH_REFUSALS.consent_ended)
  const posted = readFormPost(answer)
  if (posted !== null) return showFormPost(pages, request, posted)
  if (answer.status >= 400) {
    throw new Refusal(OAUTH_REFUSALS.authorization_refused, { detail: describe(answer) })
  }
  return toAnswer(answer)
}

/** Returns error and description of an answer of the engine. */
function describe({ body }: BridgedResponse): string {
  const { error = 'invalid_request', error_description = '' }: Record<string, string> = JSON.parse(body.toString())
  return `${error}: ${error_description}`
}

function toAnswer({ status, headers, body }: BridgedResponse): Answer {
  const { location, 'content-type': type, 'content-security-policy': policy } = headers
  const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => PASSED_HEADERS.includes(name)))
  if (location !== undefined) return { status, location, headers: passed }
  if (body.byteLength === 0) return { status, headers: passed }
  const text = { type: type ?? 'application/json', content: body, ...(policy === undefined ? {} : { policy }) }
  return { status, text, headers: passed }
}

/**
 * Prepares the parameters of a request for the engine: it adds the copy of `scope` for `restoreOfflineAccess`, and removes the
 * resource that is this service itself. A token without a resource is for this service.
 */
function prepare(
  deps: ProtocolDeps,
  { request, body }: ProtocolRequest,
): Pick<EngineCall, 'body'> & { readonly search: string } {
  const { search } = new URL(request.url)
  const isForm = request.headers.get('content-type')?.toLowerCase().startsWith(FORM) === true
  return {
    search: search === '' ? '' : `?${prepareForm(search.slice(1), deps)}`,
    body: isForm ? Buffer.from(prepareForm(Buffer.from(body).toString(), deps)) : body,
  }
}

const FORM = 'application/x-www-form-urlencoded'

/** Endpoints that take a token. The engine would refuse a JWT, unseen. */
const TAKING_TOKENS = new Set(['/oauth/introspect', '/oauth/revoke'])

/** Puts a name in the place of an access token that is a JWT, for the endpoints at which the engine knows only opaque ones. */
function nameJwt(path: string, call: Pick<EngineCall, 'body'>): Pick<EngineCall, 'body' | 'aliases'> {
  if (!TAKING_TOKENS.has(path)) return call
  const given = new URLSearchParams(Buffer.from(call.body).toString())
  const [token = '', ...more] = given.getAll('token')
  if (more.length > 0 || !isJwt(token)) return call
  const alias = toHashedId(token)
  given.set('token', alias)
  return { body: Buffer.from(given.toString()), aliases: [alias] }
}

function prepareForm(form: string, deps: ProtocolDeps): string {
  const given = new URLSearchParams(form)
  const scope = given.get('scope')
  const copy = scope === null ? '' : `&${new URLSearchParams({ [SCOPE_COPY]: scope })}`
  if (!given.getAll('resource').some((url) => isHere(deps, url))) return `${form}${copy}`
  const kept = [...given].filter(([name, value]) => name !== 'resource' || !isHere(deps, value))
  return `${new URLSearchParams(kept)}${copy}`
}

/** Returns true for a URL of this service: all its paths are one API, except those that the settings list. */
function isHere({ origin, oauthSettings: { resources } }: ProtocolDeps, resource: string): boolean {
  return (
    URL.parse(resource)?.origin === origin.origin &&
    !resource.includes('#') &&
    !resourceUrls(resources).includes(resource)
  )
}
