import { z } from 'zod'
import { defineCall, json } from '../../kernel/define-calls.ts'
import { parseOAuthGrantId } from '../../kernel/ids.ts'
import { defineRoute, HEAD_ANSWER, type Route } from '../../kernel/route.ts'
import { oauthCalls } from '../wire.ts'
import { grantJsonSchema, toGrantJson } from './grant-json.ts'
import { type GrantDeps, revokeGrant } from './revoke-grant.ts'

/** Routes that list and revoke what the user allowed apps to do. */
export function grantRoutes(deps: GrantDeps): Route[] {
  return [
    defineRoute(oauthCalls['GET /grants'], {
      summary: 'List the apps that may act for you, newest first',
      answers: { 200: z.object({ grants: z.array(grantJsonSchema) }) },
      async handle({ principal, isHead }) {
        if (isHead) return HEAD_ANSWER
        const grants = await deps.oauthGrants.listByUser(principal.user.id)
        return { status: 200, body: { grants: grants.map(toGrantJson) } }
      },
    }),

    defineRoute(oauthCalls['DELETE /grants/{id}'], {
      summary: 'Revoke what you allowed an app to do',
      answers: { 204: null },
      async handle({ params, principal, stamp }) {
        await revokeGrant(deps, principal.user.id, parseOAuthGrantId(params.id ?? ''), stamp)
        return { status: 204 }
      },
    }),

    defineRoute(
      defineCall('POST /account/revoke-app', {
        name: 'forms.revokeApp',
        access: 'session',
        body: json<{ readonly id: string }>(),
      }),
      {
        summary: 'Form of the account page: revoke what you allowed an app to do',
        body: z.strictObject({ id: z.string() }),
        answers: {},
        form: { only: true, page: '/account/apps', done: '/account/apps' },
        async handle({ body, principal, stamp }) {
          const grants = await deps.oauthGrants.listByUser(principal.user.id)
          const name = grants.find(({ id }) => id === body.id)?.clientName ?? ''
          await revokeGrant(deps, principal.user.id, parseOAuthGrantId(body.id), stamp)
          return { status: 204, notice: { text: 'oauth.revoked', values: { name } } }
        },
      },
    ),
  ]
}
