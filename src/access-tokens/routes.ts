import { z } from 'zod'
import { DAY_MS } from '../kernel/clock.ts'
import { defineCall, json } from '../kernel/define-calls.ts'
import { parseAccessTokenId } from '../kernel/ids.ts'
import { labelSchema } from '../kernel/label-schema.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { nextPageShape, PAGE_QUERY, readPage } from '../kernel/read-page.ts'
import { defineRoute, HEAD_ANSWER, type Route, type RouteRequest } from '../kernel/route.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../sessions/security-epoch.ts'
import { readCaller } from '../throttle/device-cookie.ts'
import { takeChangeBudget } from '../throttle/other-tries.ts'
import type { Throttle } from '../throttle/throttle.ts'
import { accessTokenJsonSchema, toAccessTokenJson } from './access-token-json.ts'
import {
  type AccessTokenDeps,
  checkRefusedToken,
  createAccessToken,
  type IssuedAccessToken,
  type NewAccessToken,
} from './create-access-token.ts'
import { lifetimesDays, NEVER, SCOPE_FIELD } from './create-token-page.ts'
import { listAccessTokens, listAllAccessTokens } from './list-access-tokens.ts'
import { type RevokeAccessTokenDeps, revokeAccessToken } from './revoke-access-token.ts'
import { accessTokenCalls } from './wire.ts'

/** Dependencies of the routes of access tokens. */
export interface AccessTokenRouteDeps extends AccessTokenDeps, RevokeAccessTokenDeps, SecurityEpochDeps {
  readonly throttle: Throttle
}

/** Routes that create, list and revoke access tokens. They take a session: a token cannot create tokens. */
export function accessTokenRoutes(deps: AccessTokenRouteDeps): Route[] {
  return [
    defineRoute(accessTokenCalls['POST /tokens'], {
      summary: 'Create an access token for a script or another machine',
      body: z.strictObject({
        name: labelSchema,
        scopes: z.array(z.string('Must be a string.'), 'Must be a list of scopes.'),
        expiresAt: z.iso
          .datetime({ offset: true, error: 'Must be a time such as 2030-01-31T12:00:00Z, or null.' })
          .nullable()
          .optional(),
      }),
      checkRefused: (members) => checkRefusedToken(deps, members),
      answers: {
        201: z.object({
          token: z.string().meta({ description: 'The secret. It is shown only once.' }),
          accessToken: accessTokenJsonSchema,
        }),
      },
      async handle({ body: { name, scopes, expiresAt }, ...request }) {
        const expiry = typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt
        const issued = await create(deps, request, { name, scopes, expiresAt: expiry })
        return { status: 201, body: { token: issued.token, accessToken: toAccessTokenJson(issued.accessToken) } }
      },
    }),

    defineRoute(accessTokenCalls['GET /tokens'], {
      summary: 'List your access tokens, newest first',
      query: PAGE_QUERY,
      numbers: ['limit'],
      answers: { 200: z.object({ tokens: z.array(accessTokenJsonSchema), ...nextPageShape }) },
      async handle(request) {
        const page = readPage(request, parseAccessTokenId)
        if (request.isHead) return HEAD_ANSWER
        const { items, rest } = await listAccessTokens(deps, request.principal.user.id, page)
        return { status: 200, body: { tokens: items.map(toAccessTokenJson), ...rest } }
      },
    }),

    defineRoute(accessTokenCalls['DELETE /tokens/{id}'], {
      summary: 'Revoke one of your access tokens',
      answers: { 204: null },
      async handle({ params, principal, stamp }) {
        await revokeAccessToken(deps, principal.user.id, parseAccessTokenId(params.id ?? ''), stamp)
        return { status: 204 }
      },
    }),

    defineRoute(
      defineCall('POST /account/revoke-token', {
        name: 'forms.revokeToken',
        access: 'session',
        body: json<{ readonly id: string }>(),
      }),
      {
        summary: 'Form of the account page: revoke one of your access tokens',
        body: z.strictObject({ id: z.string() }),
        answers: {},
        form: { only: true, page: '/account/tokens', done: '/account/tokens' },
        async handle({ body, principal, stamp }) {
          const tokens = await listAllAccessTokens(deps, principal.user.id)
          const name = tokens.find(({ id }) => id === body.id)?.name ?? ''
          await revokeAccessToken(deps, principal.user.id, parseAccessTokenId(body.id), stamp)
          return { status: 204, notice: { text: 'tokens.revoked', values: { name } } }
        },
      },
    ),

    defineRoute(
      defineCall('POST /account/create-token', {
        name: 'forms.createToken',
        access: 'fresh_session',
        body: json<TokenForm>(),
        refusals: ['too_many_tokens'],
      }),
      {
        summary: 'Form of the account page: create an access token',
        body: tokenFormSchema(deps),
        answers: {},
        form: { only: true, page: '/account/tokens/new', done: '/account/tokens', notice: 'tokens.created' },
        async handle({ body, ...request }) {
          const { token } = await create(deps, request, toNewToken(body, deps.clock()))
          return { status: 204, secret: token }
        },
      },
    ),
  ]
}

/** Creates an access token within the budget of the user. The API and the form share it. */
async function create(
  deps: AccessTokenRouteDeps,
  { principal, sessionToken, ...request }: Omit<RouteRequest<unknown, SessionPrincipal>, 'body'>,
  wanted: NewAccessToken,
): Promise<IssuedAccessToken> {
  const { id } = principal.user
  await takeChangeBudget(deps.throttle, readCaller(deps.throttle, 'token_create', request), id)
  const securityEpoch = await requireSecurityEpoch(deps, sessionToken())
  return createAccessToken(deps, { id, securityEpoch }, wanted, request.stamp)
}

/** The form for a new access token: its name, the days until it expires, and a checkbox for each scope. */
interface TokenForm {
  readonly name: string
  readonly expires?: string | undefined
  readonly [scope: `scope:${string}`]: string | undefined
}

function tokenFormSchema({ scopes, accessTokenSettings }: AccessTokenDeps): z.ZodType<TokenForm> {
  const expiries = [...lifetimesDays(accessTokenSettings).map(String), NEVER]
  const checkboxes = scopes.map((scope) => [`${SCOPE_FIELD}${scope}`, z.literal('on').optional()])
  return z.strictObject({
    name: labelSchema,
    expires: z.enum(expiries).optional(),
    ...Object.fromEntries(checkboxes),
  }) as unknown as z.ZodType<TokenForm> // the members are the same; zod does not infer computed names
}

function toNewToken({ name, expires, ...checked }: TokenForm, now: number): NewAccessToken {
  const scopes = Object.keys(checked).map((field) => field.slice(SCOPE_FIELD.length))
  if (expires === undefined) return { name, scopes }
  return { name, scopes, expiresAt: expires === NEVER ? null : now + Number(expires) * DAY_MS }
}
