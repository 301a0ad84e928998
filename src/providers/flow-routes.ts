/*
 * The way to a provider and back. The callback never answers a browser with an error: it redirects to a page with a message.
 * A provider that answers by a POST from its own page brings no Lax cookie along. The callback then answers a page that posts
 * the same fields once more, from our own origin, in place of a cookie with SameSite=None.
 */
import { html } from 'hono/html'
import { z } from 'zod'
import { type RegistrantDeps, registrantCookie } from '../accounts/registrant-cookie.ts'
import { SECOND_MS } from '../kernel/clock.ts'
import { defineCall, json } from '../kernel/define-calls.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Kept } from '../kernel/page-view.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import { toLoginAnswer } from '../login/login-answer.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { readTrustedTokens } from '../login/trusted-cookie.ts'
import { button } from '../pages/components/button.ts'
import { form, hiddenFields, withQuery } from '../pages/components/form.ts'
import type { Pages } from '../pages/pages.ts'
import { KEPT_NOTHING } from '../pages/return-cookie.ts'
import { requireSecurityEpoch } from '../sessions/security-epoch.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeProviderRound } from '../throttle/provider-rounds.ts'
import { newIdentity } from './account-identity.ts'
import { type BeginFlowDeps, beginFlow } from './begin-flow.ts'
import { finishFlow, requireFlow } from './finish-flow.ts'
import type { FlowState, FlowTarget } from './flow-state.ts'
import { linkIdentity } from './link-identity.ts'
import { type LogInWithAccountDeps, logInWithAccount } from './log-in-with-account.ts'
import type { ProviderAccount } from './provider-client.ts'
import { clearProviderCookie, providerCookie, readProviderCookies } from './provider-cookie.ts'
import { findProviderProblem, providerRefused } from './provider-errors.ts'
import type { ProviderList, ReadyProvider } from './provider-list.ts'
import { reauthenticateWithAccount } from './reauthenticate-with-account.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import { PROVIDER_TEXTS } from './texts.ts'

/** Dependencies of the routes to a provider and back. */
export interface FlowRouteDeps extends LogInWithAccountDeps, BeginFlowDeps, RegistrantDeps {
  readonly providers: ProviderList
  readonly pages: Pages
  readonly report: (error: unknown) => void
}

type Request = RouteRequest<unknown, SessionPrincipal | null>

const PATH = '/login/with/{provider}'
const HTML_OR_REDIRECT = { 200: 'text/html', 303: null } as const
const MAX_FIELD_LENGTH = 4_096
/** Fields that a provider may post; others are left out. */
const POSTED = ['code', 'state', 'iss', 'error', 'user'] as const
const YES: readonly (string | undefined)[] = ['on', 'true', '1']

/** The routes to a provider and back. */
export function flowRoutes(deps: FlowRouteDeps): Route[] {
  return [
    defineRoute(
      defineCall(`GET ${PATH}`, {
        name: 'pages.login.with',
        access: 'anyone',
        query: json<{
          readonly next?: string | undefined
          readonly remember?: string | undefined
          readonly invitation?: string | undefined
        }>(),
      }),
      {
        summary: 'Redirect to a provider to log in',
        query: {
          next: 'where the login leads: a path, or a URL of a trusted origin',
          remember: '`on`: the session survives the restart of the browser',
          invitation: 'token of an invitation',
        },
        answers: { 303: null },
        handle: (request) => begin(deps, request),
      },
    ),

    defineRoute(defineCall(`GET ${PATH}/callback`, { name: 'pages.login.with.callback', access: 'anyone' }), {
      summary: 'Page: the answer of a provider arrives here',
      answers: HTML_OR_REDIRECT,
      handle: (request) => callback(deps, request, toParameters(request.queryAll())),
    }),

    defineRoute(
      defineCall(`POST ${PATH}/callback`, {
        name: 'forms.providerCallback',
        access: 'anyone',
        body: json<Readonly<Record<string, string>>>(),
      }),
      {
        summary: 'The answer of a provider that posts a form',
        body: z.record(z.string(), z.string()),
        answers: {},
        form: { only: true, page: '/login', done: '/account' },
        acceptsOtherOrigins: true,
        async handle({ body, ...request }) {
          const isFirst = readProviderCookies(request).length === 0 && body.again === undefined
          const fields = POSTED.map((name): [string, string | undefined] => [name, body[name]])
          const given = fields.filter(
            (each): each is [string, string] => (each[1]?.length ?? Infinity) <= MAX_FIELD_LENGTH,
          )
          if (isFirst) return repost(deps, { ...request, body }, given)
          return callback(deps, { ...request, body }, new URLSearchParams(given))
        },
      },
    ),
  ]
}

async function begin(deps: FlowRouteDeps, request: Request): Promise<Answer<never>> {
  const { params, query } = request
  const ready = deps.providers.require(params.provider)
  const next = parseNextLocation(query.next, deps.pages.origins)
  const invitation = query.invitation || null
  const target = {
    purpose: 'login',
    next,
    remember: YES.includes(query.remember),
    invitation,
    sessionId: null,
  } as const
  try {
    const { location, sealed } = await beginFlow(deps, ready, target)
    return { status: 303, location, cookies: [providerCookie(deps.cookies, sealed)] }
  } catch (error) {
    return showRefusal(deps, error, { ready, page: '/login', target })
  }
}

/** Ends a round. */
async function callback(deps: FlowRouteDeps, request: Request, parameters: URLSearchParams): Promise<Answer<never>> {
  const ready = deps.providers.require(request.params.provider)
  let flow: FlowState | null = null
  try {
    flow = requireFlow(deps, ready, { parameters, sealed: readProviderCookies(request) })
    const caller = readCaller(deps.throttle, 'login', request)
    takeProviderRound(deps.throttle, { caller, userId: null })
    const { cookies = [], ...answer } = await ENDS[flow.purpose](deps, { request, ready, flow, parameters })
    return { ...answer, status: 303, cookies: [...cookies, ...clearProviderCookie(deps.cookies)] }
  } catch (error) {
    const page = flow === null ? '/login' : PAGES[flow.purpose]
    const { cookies = [], ...answer } = showRefusal(deps, error, { ready, page, target: flow })
    // An answer that is not ours must not end the round that this browser has begun.
    return { ...answer, cookies: [...cookies, ...(flow === null ? [] : clearProviderCookie(deps.cookies))] }
  }
}

interface Ending {
  readonly request: Request
  readonly ready: ReadyProvider
  readonly flow: FlowState
  readonly parameters: URLSearchParams
}

type End = (deps: FlowRouteDeps, ending: Ending) => Promise<Omit<Answer<never>, 'status'>>

/** The page that a refusal leads to. */
const PAGES = { login: '/login', link: '/account/security', reauthenticate: '/reauthenticate' } as const

/** What the end of a round does, by its purpose. */
const ENDS: Readonly<Record<FlowState['purpose'], End>> = {
  async login(deps, { request, ready, flow, parameters }) {
    const { basePath } = deps.pages
    const { stamp, principal } = request
    const { account, proof } = await finishFlow(ready, flow, parameters)
    const caller = readCaller(deps.throttle, 'login', request)
    const { remember, invitation, next } = flow
    const login = { account, proof, remember, invitation, caller, provider: ready.provider, replaces: principal }
    const rememberedTokens = readTrustedTokens(request)
    const outcome = await logInUnlessUnverified(deps, { ...login, rememberedTokens }, stamp)
    if (outcome === null) return verificationPending(deps, request, { flow, account })
    const { body: _, formLocation, ...answer } = toLoginAnswer(deps, request, caller, outcome)
    const page = formLocation === undefined ? null : withQuery(`${basePath}${formLocation}`, { ...keptOf(flow) })
    return { ...answer, location: page ?? next ?? `${basePath}/account` }
  },

  async link(deps, { request, ready, flow, parameters }) {
    const { principal, token } = requireSessionOf(request, flow)
    const { account, proof } = await finishFlow(ready, flow, parameters)
    const profile = await account.profile()
    const securityEpoch = await requireSecurityEpoch(deps, token)
    const spent = await deps.identities.spend(proof, account)
    if (spent === null) throw providerRefused('the proof was used before')
    if (spent.owner !== null) throw new Refusal(PROVIDER_REFUSALS.identity_taken)
    const { user } = principal
    const identity = newIdentity(deps.clock, ready.provider, account, profile)
    const owner = { userId: user.id, securityEpoch }
    await linkIdentity(deps, { user, owner, identity, providerName: ready.provider.name }, request.stamp)
    return done(deps, flow, { text: 'providers.linked', values: { name: ready.provider.name } })
  },

  async reauthenticate(deps, { request, ready, flow, parameters }) {
    const { principal, token: sessionToken } = requireSessionOf(request, flow)
    const finished = await finishFlow(ready, flow, parameters)
    const { startedAt } = flow
    const input = { ...finished, provider: ready.provider, principal, sessionToken, startedAt }
    const session = await reauthenticateWithAccount(deps, input, request.stamp)
    return { ...done(deps, flow, { text: 'login.proved' }), session }
  },
}

/** Returns the session that began the round. Another session of the same browser must not end it: a forced link. */
function requireSessionOf(
  { principal, sessionToken }: Request,
  { sessionId }: FlowState,
): { readonly principal: SessionPrincipal; readonly token: string } {
  const token = sessionToken()
  if (principal === null || token === null || principal.session.id !== sessionId) {
    throw providerRefused('another session began this round')
  }
  return { principal, token }
}

function done(
  { pages }: FlowRouteDeps,
  { next }: FlowState,
  notice: NonNullable<Answer['notice']>,
): Omit<Answer<never>, 'status'> {
  const location = next ?? `${pages.basePath}/account/security`
  const isOurs = location.startsWith(`${pages.basePath}/`)
  return { location, cookies: isOurs ? [pages.leave({ notice })] : [] }
}

/** Logs the user in. Returns null if they must open the link in the email first, which was just sent. */
async function logInUnlessUnverified(
  ...args: Parameters<typeof logInWithAccount>
): ReturnType<typeof logInWithAccount> {
  try {
    return await logInWithAccount(...args)
  } catch (error) {
    if (error instanceof Refusal && error.code === LOGIN_REFUSALS.email_not_verified.code) return null
    throw error
  }
}

/** The user must open the link in the email first. In this browser it is enough: the provider has proved who the user is. */
async function verificationPending(
  deps: FlowRouteDeps,
  request: Request,
  { flow, account }: { readonly flow: FlowState; readonly account: ProviderAccount },
): Promise<Omit<Answer<never>, 'status'>> {
  const { pages } = deps
  const owner = await deps.identities.find(account)
  const kept = keptOf(flow)
  const notice = { text: 'register.verificationRequired' }
  return {
    location: withQuery(`${pages.basePath}/login`, { ...kept }),
    cookies: [pages.leave({ notice }), ...pages.keepWay(request, kept), registrantCookie(deps, owner?.user.id ?? null)],
  }
}

/** Returns what a round passes on to the pages of ours that follow it. */
function keptOf({ next, remember }: Pick<FlowTarget, 'next' | 'remember'>): Kept {
  return { next, remember: remember ? 'on' : null }
}

/** A refused round. */
interface RefusedRound {
  readonly ready: ReadyProvider
  /** The page that says why. */
  readonly page: string
  /** Null: the round is not known. */
  readonly target: FlowTarget | null
}

/** Redirects to a page of ours that says what went wrong. */
function showRefusal(
  { pages, clock, report }: FlowRouteDeps,
  error: unknown,
  { ready, page, target }: RefusedRound,
): Answer<never> {
  if (!(error instanceof Refusal)) throw error
  const problem = findProviderProblem(ready.provider, error)
  if (problem !== null) report(problem)
  const { code, retryAfterSeconds } = error
  const retryAt = retryAfterSeconds === undefined ? {} : { retryAt: clock() + retryAfterSeconds * SECOND_MS }
  const kept = target === null ? KEPT_NOTHING : keptOf(target)
  return {
    status: 303,
    location: withQuery(`${pages.basePath}${page}`, { ...kept }),
    cookies: [pages.leave({ problem: { code, errors: [], ...retryAt } })],
  }
}

/** Answers a POST from the page of a provider: a page of ours that posts the same fields once more. */
function repost(
  { pages }: FlowRouteDeps,
  request: Request,
  fields: readonly (readonly [string, string])[],
): Promise<Answer<never>> {
  const action = `${pages.basePath}${PATH.replace('{provider}', encodeURIComponent(request.params.provider ?? ''))}/callback`
  return pages.showEntry(request, {
    keepsFlash: true,
    content: ({ locale }) => {
      const texts = locale.texts(PROVIDER_TEXTS)
      const body = html`${hiddenFields({ ...Object.fromEntries(fields), again: 'yes' })}${button('main', texts.repostButton)}`
      return { title: texts.repostTitle, lead: texts.repostLead, body: form(action, body, {}, 'auto') }
    },
  })
}

function toParameters(all: Readonly<Record<string, readonly string[]>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(all).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  )
}
