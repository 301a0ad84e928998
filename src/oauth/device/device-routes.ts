/*
 * The page where a user allows a device that has no browser (RFC 8628 section 3.3): they type the code that the device shows,
 * compare it, and decide. Proved by test/http/oauth-device.test.ts.
 */
import { z } from 'zod'
import { defineCall, json } from '../../kernel/define-calls.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../../kernel/route.ts'
import { withQuery } from '../../pages/components/form.ts'
import type { Pages } from '../../pages/pages.ts'
import { toLogin } from '../../pages/to-login.ts'
import { requireSecurityEpoch, type SecurityEpochDeps } from '../../sessions/security-epoch.ts'
import { readCaller } from '../../throttle/device-cookie.ts'
import { ASKED_MEMBERS, toAskedJson } from '../consent/asked-access.ts'
import { DEVICE_PAGE } from '../engine/create-engine.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import { type DeviceJson, oauthCalls } from '../wire.ts'
import { decideDevice } from './decide-device.ts'
import { codePage, deviceQuestionPage } from './device-pages.ts'
import { type DeviceDeps, type DeviceRequest, findDeviceRequest } from './find-device-request.ts'

/** Dependencies of the routes about devices. */
export interface DeviceRouteDeps extends DeviceDeps, SecurityEpochDeps {
  readonly pages: Pages
}

const deviceJsonSchema = z
  .object({
    client: z.object({ id: z.string(), name: z.string(), isFirstParty: z.boolean() }),
    userCode: z.string().meta({ description: 'The code as the device shows it: the user compares them.' }),
    ...ASKED_MEMBERS,
  })
  .meta({ id: 'DeviceRequest' }) satisfies z.ZodType<DeviceJson>

/** Routes that show what a device asks for, and take the decision. */
export function deviceRoutes(deps: DeviceRouteDeps): Route[] {
  return [questionRoute(deps), codeRoute(deps), decisionRoute(deps)]
}

function questionRoute(deps: DeviceRouteDeps): Route {
  const { pages } = deps
  return defineRoute(oauthCalls['GET /device'], {
    summary: 'Ask whether a device may act for you: a page for a browser, JSON for a single-page app',
    query: { user_code: 'The code that the device shows.' },
    answers: { 200: deviceJsonSchema },
    answerNobody: (request) =>
      request.wantsHtml()
        ? toLogin(pages, request, withQuery(`${pages.basePath}${DEVICE_PAGE}`, { user_code: request.query.user_code }))
        : null,
    async handle(request) {
      const { query, principal, wantsHtml } = request
      const code = query.user_code ?? ''
      if (!wantsHtml()) return { status: 200, body: toJson(await find(deps, code, request)) }
      if (code === '') return showCodePage(deps, request, null)
      try {
        const found = await find(deps, code, request)
        const { email } = principal.user
        return await pages.showEntry(request, { content: (view) => deviceQuestionPage({ ...view, email }, found) })
      } catch (error) {
        if (error instanceof Refusal && error.code === 'device_code_ended') return showCodePage(deps, request, error)
        throw error
      }
    },
  })
}

type SessionRequest = RouteRequest<unknown, SessionPrincipal>

function showCodePage(
  { pages }: DeviceRouteDeps,
  request: SessionRequest,
  refusal: Refusal | null,
): Promise<Answer<never>> {
  const { email } = request.principal.user
  const { text = null, status = 200 } =
    refusal === null ? {} : { text: OAUTH_REFUSALS.device_code_ended.text, status: refusal.status }
  return pages.showEntry(request, {
    status,
    content: (view) => codePage({ ...view, email }, text?.[view.locale.language] ?? null),
  })
}

/** The form of the first page. It has a route of its own, because a code belongs in no link that the user can share. */
function codeRoute({ pages }: DeviceRouteDeps): Route {
  const call = defineCall(`POST ${DEVICE_PAGE}/code`, {
    name: 'forms.typeDeviceCode',
    access: 'session',
    body: json<{ readonly userCode: string }>(),
  })
  return defineRoute(call, {
    summary: 'Form of the page for devices: type the code',
    body: z.strictObject({ userCode: z.string().max(64) }),
    answers: {},
    form: { only: true, page: DEVICE_PAGE, done: DEVICE_PAGE },
    async handle({ body: { userCode } }) {
      return { status: 204, location: withQuery(`${pages.basePath}${DEVICE_PAGE}`, { user_code: userCode }) }
    },
  })
}

function decisionRoute(deps: DeviceRouteDeps): Route {
  return defineRoute(oauthCalls['POST /device'], {
    summary: 'Allow or deny what a device asks for',
    body: z.strictObject({ userCode: z.string().max(64), decision: z.enum(['allow', 'deny']) }),
    answers: { 204: null },
    form: { page: DEVICE_PAGE, done: '/account/apps' },
    async handle(request) {
      const { body, principal, stamp } = request
      const securityEpoch = await requireSecurityEpoch(deps, request.sessionToken())
      const decider = { principal, securityEpoch }
      const caller = readCaller(deps.throttle, 'device_code', request)
      const { client } = await decideDevice(deps, body, decider, { caller, stamp })
      const text = body.decision === 'allow' ? 'oauth.deviceAllowed' : 'oauth.deviceDenied'
      return { status: 204, notice: { text, values: { name: client.name } } }
    },
  })
}

function find(deps: DeviceRouteDeps, code: string, request: SessionRequest): Promise<DeviceRequest> {
  return findDeviceRequest(deps, code, request.principal, readCaller(deps.throttle, 'device_code', request))
}

function toJson(found: DeviceRequest): DeviceJson {
  const { id, name, isFirstParty } = found.client
  return { client: { id, name, isFirstParty }, userCode: found.userCode, ...toAskedJson(found) }
}
