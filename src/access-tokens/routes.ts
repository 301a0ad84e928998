import { z } from 'zod'
import { defineCall, json } from '../kernel/define-calls.ts'
import { parseAccessTokenId } from '../kernel/ids.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../sessions/security-epoch.ts'
import { accessTokenJsonSchema, toAccessTokenJson } from './access-token-json.ts'
import { type AccessTokenDeps, checkRefusedToken, createAccessToken } from './create-access-token.ts'
import { accessTokenNameSchema } from './name-schema.ts'
import { type RevokeAccessTokenDeps, revokeAccessToken } from './revoke-access-token.ts'
import { accessTokenCalls } from './wire.ts'

/** Routes that create, list and revoke access tokens. They take a session: a token cannot create tokens. */
export function accessTokenRoutes(deps: AccessTokenDeps & RevokeAccessTokenDeps & SecurityEpochDeps): Route[] {
  return [
    defineRoute(accessTokenCalls['POST /tokens'], {
      summary: 'Create an access token for a script or another machine',
      body: z.strictObject({
        name: accessTokenNameSchema,
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
      async handle({ principal, sessionToken, body: { name, scopes, expiresAt }, stamp }) {
        const expiry = typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt
        const user = { id: principal.user.id, securityEpoch: await requireSecurityEpoch(deps, sessionToken()) }
        const issued = await createAccessToken(deps, user, { name, scopes, expiresAt: expiry }, stamp)
        return { status: 201, body: { token: issued.token, accessToken: toAccessTokenJson(issued.accessToken) } }
      },
    }),

    defineRoute(accessTokenCalls['GET /tokens'], {
      summary: 'List your access tokens',
      answers: { 200: z.object({ tokens: z.array(accessTokenJsonSchema) }) },
      async handle({ principal }) {
        const tokens = await deps.accessTokens.listByUser(principal.user.id)
        return { status: 200, body: { tokens: tokens.map(toAccessTokenJson) } }
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
        form: { only: true, page: '/account', done: '/account', notice: 'token_ended' },
        async handle({ body, principal, stamp }) {
          await revokeAccessToken(deps, principal.user.id, parseAccessTokenId(body.id), stamp)
          return { status: 204 }
        },
      },
    ),
  ]
}
