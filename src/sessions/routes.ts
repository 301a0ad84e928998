import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { parseSessionId } from '../kernel/ids.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { toUserJson, userJsonSchema } from '../kernel/user-json.ts'
import { endSession, revokeOtherSessions, revokeSession } from './revoke-session.ts'
import { sessionJsonSchema, toSessionJson } from './session-json.ts'
import type { SessionDeps } from './start-session.ts'

/** See, list and end sessions. */
export function sessionRoutes(deps: SessionDeps & { readonly cookies: CookieFactory }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/session',
      summary: 'Who is logged in',
      access: 'session',
      answers: { 200: z.object({ user: userJsonSchema, session: sessionJsonSchema }) },
      async handle({ principal: { user, session } }) {
        return { status: 200, body: { user: toUserJson(user), session: toSessionJson(session, session.id) } }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/logout',
      summary: 'End the current session',
      access: 'anyone',
      answers: { 204: null },
      form: { page: '/account', done: '/login', notice: 'logged_out' },
      async handle({ principal, stamp }) {
        if (principal !== null) await endSession(deps, principal.user.id, principal.session.id, stamp)
        return { status: 204, cookies: [deps.cookies.clear()], clearsSiteData: true }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/sessions',
      summary: 'List the own sessions',
      access: 'session',
      answers: { 200: z.object({ sessions: z.array(sessionJsonSchema) }) },
      async handle({ principal: { user, session } }) {
        const sessions = await deps.sessions.listByUser(user.id, deps.clock())
        return { status: 200, body: { sessions: sessions.map((each) => toSessionJson(each, session.id)) } }
      },
    }),

    defineRoute({
      method: 'DELETE',
      path: '/sessions/{id}',
      summary: 'End one of the own sessions',
      access: 'session',
      answers: { 204: null },
      refusals: ['not_found'],
      async handle({ params, principal, stamp }) {
        const id = parseSessionId(params.id ?? '')
        await revokeSession(deps, principal.user.id, id, stamp)
        return { status: 204, cookies: id === principal.session.id ? [deps.cookies.clear()] : [] }
      },
    }),

    defineRoute({
      method: 'DELETE',
      path: '/sessions',
      summary: 'End all own sessions but the current one',
      access: 'session',
      answers: { 200: z.object({ revoked: z.int().nonnegative() }) },
      async handle({ principal, stamp }) {
        const revoked = await revokeOtherSessions(deps, principal.user.id, principal.session.id, stamp)
        return { status: 200, body: { revoked } }
      },
    }),
  ]
}
