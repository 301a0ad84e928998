import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineCall, json } from '../kernel/define-calls.ts'
import { parseSessionId } from '../kernel/ids.ts'
import { nextPageShape, PAGE_QUERY, readPage } from '../kernel/read-page.ts'
import { defineRoute, HEAD_ANSWER, type Route } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import type { Pages } from '../pages/pages.ts'
import { deviceName } from './device-name.ts'
import { listAllSessions, listSessions } from './list-sessions.ts'
import { endSession, revokeOtherSessions, revokeSession } from './revoke-session.ts'
import { sessionJsonSchema, toSessionJson } from './session-json.ts'
import type { SessionDeps } from './start-session.ts'
import { sessionCalls } from './wire.ts'

/** Routes that show, list and revoke sessions. */
export function sessionRoutes(deps: SessionDeps & { readonly cookies: CookieFactory; readonly pages: Pages }): Route[] {
  return [
    defineRoute(sessionCalls['GET /session'], {
      summary: 'The current user and session',
      answers: { 200: z.object({ user: userJsonSchema, session: sessionJsonSchema }) },
      async handle({ principal: { user, session } }) {
        return { status: 200, body: { user: toUserJson(user), session: toSessionJson(session, session.id) } }
      },
    }),

    defineRoute(sessionCalls['POST /logout'], {
      summary: 'Log out',
      answers: { 204: null },
      form: { page: '/account', done: '/login', notice: 'sessions.youLoggedOut' },
      async handle({ principal, stamp }) {
        if (principal !== null) await endSession(deps, principal.user.id, principal.session.id, stamp)
        return { status: 204, cookies: deps.cookies.clear() }
      },
    }),

    defineRoute(sessionCalls['GET /sessions'], {
      summary: 'List your sessions, most recently used first',
      query: PAGE_QUERY,
      numbers: ['limit'],
      answers: { 200: z.object({ sessions: z.array(sessionJsonSchema), ...nextPageShape }) },
      async handle(request) {
        const { user, session } = request.principal
        const page = readPage(request, parseSessionId)
        if (request.isHead) return HEAD_ANSWER
        const { items, rest } = await listSessions(deps, user.id, page)
        return { status: 200, body: { sessions: items.map((each) => toSessionJson(each, session.id)), ...rest } }
      },
    }),

    defineRoute(sessionCalls['DELETE /sessions/{id}'], {
      summary: 'Revoke one of your sessions',
      answers: { 204: null },
      async handle({ params, principal, stamp }) {
        const id = parseSessionId(params.id ?? '')
        await revokeSession(deps, principal.user.id, id, stamp)
        return { status: 204, cookies: id === principal.session.id ? deps.cookies.clear() : [] }
      },
    }),

    defineRoute(sessionCalls['DELETE /sessions'], {
      summary: 'Revoke all your sessions except the current one',
      answers: { 200: z.object({ revoked: z.int().nonnegative() }) },
      async handle({ principal, stamp }) {
        const revoked = await revokeOtherSessions(deps, principal.user.id, principal.session.id, stamp)
        return { status: 200, body: { revoked } }
      },
    }),

    defineRoute(
      defineCall('POST /account/end-session', {
        name: 'forms.logOutSession',
        access: 'session',
        body: json<{ readonly id: string }>(),
      }),
      {
        summary: 'Form of the account page: log out one of your sessions',
        body: z.strictObject({ id: z.string() }),
        answers: {},
        form: { only: true, page: '/account/devices', done: '/account/devices' },
        async handle({ body, principal, stamp, ...request }) {
          const { locale } = deps.pages.view(request)
          const sessions = await listAllSessions(deps, principal.user.id)
          const userAgent = sessions.find(({ id }) => id === body.id)?.client.userAgent ?? null
          await revokeSession(deps, principal.user.id, parseSessionId(body.id), stamp)
          return {
            status: 204,
            notice: { text: 'sessions.loggedOut', values: { device: deviceName(locale, userAgent) } },
          }
        },
      },
    ),

    defineRoute(
      defineCall('POST /account/end-other-sessions', { name: 'forms.logOutOtherSessions', access: 'session' }),
      {
        summary: 'Form of the account page: log out all your other sessions',
        answers: {},
        form: { only: true, page: '/account/devices', done: '/account/devices' },
        async handle({ principal, stamp }) {
          const count = await revokeOtherSessions(deps, principal.user.id, principal.session.id, stamp)
          return { status: 204, notice: { text: 'sessions.othersLoggedOut', values: { count } } }
        },
      },
    ),
  ]
}
