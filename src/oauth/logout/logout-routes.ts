/*
 * Logout that an app starts (OpenID Connect RP-Initiated Logout 1.0). With an ID token of the user who is logged in, it logs out at
 * once; otherwise a page asks first. It redirects only to a URI that the app registered. Proved by test/http/oauth-logout.test.ts.
 */
import { z } from 'zod'
import type { CookieFactory } from '../../kernel/cookie.ts'
import { defineCall, json } from '../../kernel/define-calls.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { defineRoute, type ProtocolRequest, type Route, type RouteRequest } from '../../kernel/route.ts'
import type { Pages } from '../../pages/pages.ts'
import { endSession, type RevokeDeps } from '../../sessions/revoke-session.ts'
import { protocolRoute } from '../protocol-routes.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import { logoutPage } from './logout-page.ts'
import { type LogoutParameters, type LogoutRequestDeps, readLogoutRequest } from './read-logout-request.ts'

/** Dependencies of the routes about logout. */
export interface LogoutRouteDeps extends LogoutRequestDeps, RevokeDeps {
  readonly pages: Pages
  readonly cookies: CookieFactory
}

const PATH = '/oauth/logout'
const NAMES = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const
const LOGGED_OUT = { text: 'sessions.youLoggedOut' }

const parameterSchema = z.string().max(4_096).optional()
const confirmationSchema = z.strictObject({
  client_id: parameterSchema,
  post_logout_redirect_uri: parameterSchema,
  state: parameterSchema,
})

/** Routes with which apps log users out. */
export function logoutRoutes(deps: LogoutRouteDeps): Route[] {
  return [logoutRoute(deps), postedLogoutRoute(deps), confirmationRoute(deps)]
}

function logoutRoute(deps: LogoutRouteDeps): Route {
  const { pages, cookies } = deps
  return defineRoute(defineCall(`GET ${PATH}`, { name: 'pages.logoutForApp', access: 'anyone' }), {
    summary: 'OAuth: log out for an app (OpenID Connect RP-Initiated Logout 1.0)',
    answers: { 200: 'text/html', 303: null },
    async handle(request) {
      const parameters = readParameters(request)
      const wanted = await readLogoutRequest(deps, parameters)
      const { principal, stamp } = request
      if (principal !== null && wanted.hintedUser !== principal.user.id) {
        return pages.showEntry(request, { content: (view) => logoutPage(view, wanted, parameters) })
      }
      await logOut(deps, principal, stamp)
      const cleared = cookies.clear()
      if (wanted.location !== null) return { status: 303, location: wanted.location, cookies: cleared }
      const notice = pages.leave({ notice: LOGGED_OUT })
      return { status: 303, location: `${pages.basePath}/login`, cookies: [...cleared, notice] }
    },
  })
}

/**
 * The same by POST. Browsers send no session cookie with a form of another site, so it is sent on as GET. The route belongs to the
 * protocol, which forms of other sites may use.
 */
function postedLogoutRoute({ pages }: LogoutRouteDeps): Route {
  const path = { method: 'POST', path: PATH, name: 'logoutByPost', summary: 'log out for an app' } as const
  return protocolRoute(path, {
    isForBrowsers: true,
    async respond({ body }: ProtocolRequest) {
      const given = new URLSearchParams(Buffer.from(body).toString())
      const known = [...given].filter(([name]) => NAMES.some((each) => each === name))
      return { status: 303, location: `${pages.basePath}${PATH}?${new URLSearchParams(known)}` }
    },
  })
}

function confirmationRoute(deps: LogoutRouteDeps): Route {
  const call = defineCall(`POST ${PATH}/confirm`, {
    name: 'forms.logOutForApp',
    access: 'anyone',
    body: json<z.infer<typeof confirmationSchema>>(),
  })
  return defineRoute(call, {
    summary: 'Form of the logout page: log out for an app',
    body: confirmationSchema,
    answers: {},
    form: { only: true, page: PATH, done: '/login' },
    async handle({ body, principal, stamp }) {
      const { location } = await readLogoutRequest(deps, body)
      await logOut(deps, principal, stamp)
      return {
        status: 204,
        cookies: deps.cookies.clear(),
        ...(location === null ? { notice: LOGGED_OUT } : { location }),
      }
    },
  })
}

function readParameters({ queryAll }: Pick<RouteRequest, 'queryAll'>): LogoutParameters {
  const all = queryAll()
  const twice = NAMES.find((name) => (all[name]?.length ?? 0) > 1)
  if (twice !== undefined) {
    throw new Refusal(OAUTH_REFUSALS.logout_refused, { detail: `The parameter ${twice} is there twice.` })
  }
  return Object.fromEntries(NAMES.map((name) => [name, all[name]?.[0]]))
}

async function logOut(
  deps: LogoutRouteDeps,
  principal: SessionPrincipal | null,
  stamp: RouteRequest['stamp'],
): Promise<void> {
  if (principal !== null) await endSession(deps, principal.user.id, principal.session.id, stamp)
}
