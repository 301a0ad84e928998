import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineCall, json } from '../kernel/define-calls.ts'
import { enrolledSteps } from '../kernel/login-step.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import { loginAnswers, toLoginAnswer } from '../login/login-answer.ts'
import { LOGIN_REFUSALS } from '../login/refusals.ts'
import { readTrustedTokens } from '../login/trusted-cookie.ts'
import type { Pages } from '../pages/pages.ts'
import { requireSecurityEpoch } from '../sessions/security-epoch.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import { type BeginFlowDeps, beginFlow } from './begin-flow.ts'
import type { FlowPurpose } from './flow-state.ts'
import { identityJsonSchema, type ShowIdentityDeps, toIdentityJson } from './identity-json.ts'
import type { LogInWithAccountDeps } from './log-in-with-account.ts'
import { logInWithIdToken } from './log-in-with-id-token.ts'
import { providerCookie } from './provider-cookie.ts'
import { providerName } from './provider-name.ts'
import { PROVIDER_REFUSALS } from './refusals.ts'
import { type UnlinkDeps, unlinkIdentity } from './unlink-identity.ts'
import { providerCalls } from './wire.ts'

/** Dependencies of the routes of identities. */
export interface ProviderRouteDeps extends LogInWithAccountDeps, BeginFlowDeps, ShowIdentityDeps, UnlinkDeps {
  readonly cookies: CookieFactory
  readonly pages: Pages
}

const MAX_TOKEN_LENGTH = 12_000
const nextQuery = { next: 'where the browser goes at the end: a path, or a URL of a trusted origin' }
const locationSchema = z.object({
  location: z.string().meta({ description: 'URL at the provider. Send the browser there.' }),
})

/** Routes that list, link and unlink identities, and that log in with an ID token. */
export function providerRoutes(deps: ProviderRouteDeps): Route[] {
  return [
    defineRoute(providerCalls['POST /login/with/{provider}'], {
      summary: 'Log in with an ID token that an app got from the SDK of a provider',
      body: z.strictObject({
        idToken: z.string('Must be a string.').max(MAX_TOKEN_LENGTH, 'Is too long.'),
        nonce: z.string('Must be a string.').max(256, 'Must have at most 256 characters.'),
        remember: z.boolean('Must be true or false.').optional(),
        invitation: z.string('Must be a string.').optional(),
      }),
      answers: { ...loginAnswers, 202: z.object({ status: z.literal('verification_required') }) },
      async handle({ body, principal, params, ...request }) {
        const { remember = false, invitation = null, ...appProof } = body
        const caller = readCaller(deps.throttle, 'login', request)
        const rememberedTokens = readTrustedTokens(request)
        const login = { appProof, remember, invitation, caller, replaces: principal, rememberedTokens }
        const outcome = await logInWithIdToken(deps, deps.providers.require(params.provider), login, request.stamp)
        if (outcome === null) return { status: 202, body: { status: 'verification_required' as const } }
        return toLoginAnswer(deps, request, caller, outcome)
      },
    }),

    defineRoute(providerCalls['GET /identities'], {
      summary: 'List the accounts at providers that open your account',
      answers: { 200: z.object({ identities: z.array(identityJsonSchema) }) },
      async handle({ principal }) {
        const identities = await deps.identities.list(principal.user.id)
        return { status: 200, body: { identities: identities.map((identity) => toIdentityJson(deps, identity)) } }
      },
    }),

    defineRoute(providerCalls['POST /identities/{id}'], {
      summary: 'Begin to link a provider: the answer says where to send the browser',
      query: nextQuery,
      answers: { 200: locationSchema },
      form: { page: '/account/security', done: '/account/security' },
      async handle(request) {
        const { user } = request.principal
        await takeChangeBudget(deps.throttle, readCaller(deps.throttle, 'identity_link', request), user.id)
        return begin(deps, request, 'link')
      },
    }),

    defineRoute(providerCalls['DELETE /identities/{id}'], {
      summary: 'Unlink a provider: it no longer opens your account',
      answers: { 204: null },
      async handle({ params: { id = '' }, ...request }) {
        await unlink(deps, request, id)
        return { status: 204 }
      },
    }),

    defineRoute(
      defineCall('POST /account/unlink-identity', {
        name: 'forms.unlinkIdentity',
        access: 'fresh_session',
        body: json<{ readonly id: string }>(),
      }),
      {
        summary: 'Form of the security page: unlink a provider',
        body: z.strictObject({ id: z.string() }),
        answers: {},
        form: { only: true, page: '/account/security', done: '/account/security' },
        async handle({ body: { id }, ...request }) {
          const identities = await deps.identities.list(request.principal.user.id)
          const { provider = '' } = identities.find((each) => each.id === id) ?? {}
          await unlink(deps, request, id)
          const name = providerName(deps.providers, provider)
          return { status: 204, notice: { text: 'providers.unlinked', values: { name } } }
        },
      },
    ),

    defineRoute(providerCalls['POST /reauthenticate/with/{provider}'], {
      summary: 'Begin to confirm your identity with a linked provider: the answer says where to send the browser',
      query: nextQuery,
      answers: { 200: locationSchema },
      form: { page: '/reauthenticate', done: '/account/security' },
      async handle(request) {
        const { provider } = deps.providers.require(request.params.provider)
        const { id } = request.principal.user
        if (!provider.provesNewLogin) throw new Refusal(PROVIDER_REFUSALS.provider_cannot_confirm)
        if ((await enrolledSteps(deps.secondFactors.steps, id)).length > 0) {
          throw new Refusal(LOGIN_REFUSALS.second_factor_required)
        }
        const isLinked = (await deps.identities.list(id)).some((identity) => identity.provider === provider.id)
        if (!isLinked) throw new Refusal(PROVIDER_REFUSALS.provider_cannot_confirm)
        return begin(deps, request, 'reauthenticate')
      },
    }),
  ]
}

async function begin(
  deps: ProviderRouteDeps,
  { params, query, principal }: RouteRequest<unknown, SessionPrincipal>,
  purpose: Exclude<FlowPurpose, 'login'>,
): Promise<Answer<{ readonly location: string }>> {
  const ready = deps.providers.require(params.provider ?? params.id)
  const next = parseNextLocation(query.next, deps.pages.origins)
  const target = { purpose, next, remember: false, invitation: null, sessionId: principal.session.id }
  const { location, sealed } = await beginFlow(deps, ready, target)
  // A form follows `location`; a program reads the body.
  return { status: 200, body: { location }, location, cookies: [providerCookie(deps.cookies, sealed)] }
}

async function unlink(
  deps: ProviderRouteDeps,
  {
    principal: { user },
    sessionToken,
    stamp,
  }: Pick<RouteRequest<unknown, SessionPrincipal>, 'principal' | 'sessionToken' | 'stamp'>,
  id: string,
): Promise<void> {
  const securityEpoch = await requireSecurityEpoch(deps, sessionToken())
  await unlinkIdentity(deps, { user, owner: { userId: user.id, securityEpoch }, id }, stamp)
}
