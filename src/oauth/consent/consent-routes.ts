import { z } from 'zod'
import { defineRoute, type Route } from '../../kernel/route.ts'
import { withQuery } from '../../pages/components/form.ts'
import type { Pages } from '../../pages/pages.ts'
import { toLogin } from '../../pages/to-login.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../../sessions/security-epoch.ts'
import { type ConsentJson, oauthCalls } from '../wire.ts'
import { ASKED_MEMBERS, toAskedJson } from './asked-access.ts'
import { consentPage } from './consent-page.ts'
import { decideConsent } from './decide-consent.ts'
import { type ConsentDeps, type ConsentRequest, findConsentRequest } from './find-request.ts'

/** Dependencies of the routes about consent. */
export interface ConsentRouteDeps extends ConsentDeps, SecurityEpochDeps {
  readonly pages: Pages
}

const consentJsonSchema = z
  .object({
    client: z.object({ id: z.string(), name: z.string(), isFirstParty: z.boolean() }),
    redirectHost: z.string().meta({ description: 'The host that gets the answer, or the scheme of an app.' }),
    ...ASKED_MEMBERS,
  })
  .meta({ id: 'Consent' }) satisfies z.ZodType<ConsentJson>

/** Routes that show the question of an app, and take the decision. */
export function consentRoutes(deps: ConsentRouteDeps): Route[] {
  return [questionRoute(deps), decisionRoute(deps)]
}

function questionRoute(deps: ConsentRouteDeps): Route {
  const { pages } = deps
  return defineRoute(oauthCalls['GET /oauth/consent'], {
    summary: 'Ask whether an app may act for you: a page for a browser, JSON for a single-page app',
    query: { request: 'The id of the request.' },
    answers: { 200: consentJsonSchema },
    answerNobody: (request) =>
      request.wantsHtml()
        ? toLogin(pages, request, withQuery(`${pages.basePath}/oauth/consent`, { request: request.query.request }))
        : null,
    async handle(request) {
      const { principal, query } = request
      const found = await findConsentRequest(deps, query.request ?? '', principal)
      if (!request.wantsHtml()) return { status: 200, body: toJson(found) }
      const { email } = principal.user
      return pages.showEntry(request, { content: (view) => consentPage({ ...view, email }, found) })
    },
  })
}

function decisionRoute(deps: ConsentRouteDeps): Route {
  const { pages } = deps
  return defineRoute(oauthCalls['POST /oauth/consent'], {
    summary: 'Allow or deny what an app asks for',
    body: z.strictObject({ request: z.string().max(64), decision: z.enum(['allow', 'deny']) }),
    answers: { 200: z.object({ location: z.string() }) },
    form: { page: '/oauth/consent', done: '/account', keeps: ['request'] },
    async handle({ body, principal, stamp, sessionToken }) {
      const securityEpoch = await requireSecurityEpoch(deps, sessionToken())
      await decideConsent(deps, body, { principal, securityEpoch }, stamp)
      const location = `${pages.basePath}/oauth/authorize/${body.request}`
      return { status: 200, body: { location: `${pages.origins.own}${location}` }, location }
    },
  })
}

function toJson(found: ConsentRequest): ConsentJson {
  const { id, name, isFirstParty } = found.client
  return { client: { id, name, isFirstParty }, redirectHost: found.redirectHost, ...toAskedJson(found) }
}
