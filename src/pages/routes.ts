import { z } from 'zod'
import { toAccessTokenJson } from '../access-tokens/access-token-json.ts'
import { type RevokeAccessTokenDeps, revokeAccessToken } from '../access-tokens/revoke-access-token.ts'
import { listUserEvents } from '../accounts/user-events.ts'
import type { AuditStore } from '../audit/store.ts'
import type { Signer } from '../crypto/signature.ts'
import type { CookieFactory } from '../kernel/cookie.ts'
import type { Stamp } from '../kernel/event.ts'
import { parseAccessTokenId, parseSessionId, type UserId } from '../kernel/ids.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { Origins } from '../kernel/origins.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import { revokeOtherSessions, revokeSession } from '../sessions/revoke-session.ts'
import { toSessionJson } from '../sessions/session-json.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { accountPage } from './account-page.ts'
import { FLASH, readFlash } from './flash.ts'
import {
  confirmEmailChangePage,
  forgotPasswordPage,
  type LinkPage,
  resetPasswordPage,
  undoEmailChangePage,
  verifyEmailPage,
} from './link-pages.ts'
import { type EntryPage, loginPage, registerPage } from './login-page.ts'
import type { Html, PageRenderer } from './page.ts'

/** What the pages are made with. */
export interface PageDeps extends SessionDeps, RevokeAccessTokenDeps {
  readonly audit: AuditStore
  readonly basePath: string
  readonly origins: Origins
  readonly registration: 'open' | 'invite' | 'closed'
  readonly minPasswordLength: number
  readonly sendsMail: boolean
  readonly cookies: CookieFactory
  readonly signer: Signer
  readonly render: PageRenderer
  readonly deleteUser: (id: UserId, stamp: Stamp) => Promise<unknown>
}

const HTML = 'text/html'
const EVENTS_ON_PAGE = 10

/** The hosted pages, and the forms that have no JSON route: HTML knows no DELETE. */
export function pageRoutes(deps: PageDeps): Route[] {
  return [
    entryRoute(deps, '/login', 'Log in', loginPage),
    entryRoute(deps, '/register', 'Create an account', registerPage),
    ...(deps.sendsMail
      ? [
          linkRoute(deps, '/password/forgot', 'Forgot your password?', forgotPasswordPage),
          linkRoute(deps, '/password/reset', 'Set a new password', resetPasswordPage),
          linkRoute(deps, '/email/verify', 'Verify your address', verifyEmailPage),
          linkRoute(deps, '/email/change/confirm', 'Change your address', confirmEmailChangePage),
          linkRoute(deps, '/email/change/undo', 'Take back the change of your address', undoEmailChangePage),
        ]
      : []),

    defineRoute({
      method: 'GET',
      path: '/account',
      summary: 'Page: the own account',
      access: 'anyone',
      answers: { 200: HTML, 303: null },
      async handle({ principal, cookie }) {
        if (principal === null) return redirect(`${deps.basePath}/login`)
        const { user, session } = principal
        const sessions = await deps.sessions.listByUser(user.id, deps.clock())
        const listed = sessions.map((each) => toSessionJson(each, session.id))
        const events = await listUserEvents(deps.audit, user.id, { before: null, limit: EVENTS_ON_PAGE })
        const isFresh = deps.clock() - session.authenticatedAt < deps.settings.freshMs
        const tokens = (await deps.accessTokens.listByUser(user.id)).map(toAccessTokenJson)
        const flash = readFlash(deps.signer, cookie(FLASH))
        const content = accountPage({ ...deps, flash, user, sessions: listed, tokens, isFresh, events })
        return deps.render({ status: 200, title: 'Your account', content, cookies: clearFlash(deps, cookie) })
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/account/end-session',
      summary: 'Form of the account page: end one of the own sessions',
      access: 'session',
      body: z.strictObject({ id: z.string() }),
      answers: {},
      form: { only: true, page: '/account', done: '/account', notice: 'session_ended' },
      async handle({ body, principal, stamp }) {
        await revokeSession(deps, principal.user.id, parseSessionId(body.id), stamp)
        return { status: 204 }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/account/end-other-sessions',
      summary: 'Form of the account page: end all own sessions but the current one',
      access: 'session',
      answers: {},
      form: { only: true, page: '/account', done: '/account', notice: 'sessions_ended' },
      async handle({ principal, stamp }) {
        await revokeOtherSessions(deps, principal.user.id, principal.session.id, stamp)
        return { status: 204 }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/account/revoke-token',
      summary: 'Form of the account page: revoke one of the own access tokens',
      access: 'session',
      body: z.strictObject({ id: z.string() }),
      answers: {},
      form: { only: true, page: '/account', done: '/account', notice: 'token_ended' },
      async handle({ body, principal, stamp }) {
        await revokeAccessToken(deps, principal.user.id, parseAccessTokenId(body.id), stamp)
        return { status: 204 }
      },
    }),

    defineRoute({
      method: 'POST',
      path: '/account/delete',
      summary: 'Form of the account page: delete the own account',
      access: 'fresh_session',
      answers: {},
      form: { only: true, page: '/account', done: '/login', notice: 'account_deleted' },
      async handle({ principal, stamp }) {
        await deps.deleteUser(principal.user.id, stamp)
        return { status: 204, cookies: [deps.cookies.clear()], clearsSiteData: true }
      },
    }),
  ]
}

/** A page for people who are not logged in; whoever is, goes on at once. */
function entryRoute(deps: PageDeps, path: string, title: string, content: (page: EntryPage) => Html): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary: `Page: ${title.toLowerCase()}`,
    access: 'anyone',
    answers: { 200: HTML, 303: null },
    async handle({ principal, query, cookie }) {
      const next = parseNextLocation(query.next, deps.origins)
      if (principal !== null) return redirect(next ?? `${deps.basePath}/account`)
      const flash = readFlash(deps.signer, cookie(FLASH))
      return deps.render({
        status: 200,
        title,
        content: content({ ...deps, flash, next, invitation: query.invitation ?? '' }),
        cookies: clearFlash(deps, cookie),
      })
    },
  })
}

/** A page that a mailed link leads to. */
function linkRoute(deps: PageDeps, path: string, title: string, content: (page: LinkPage) => Html): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary: `Page: ${title.toLowerCase()}`,
    access: 'anyone',
    answers: { 200: HTML },
    async handle({ principal, query, cookie }) {
      const flash = readFlash(deps.signer, cookie(FLASH))
      const page = { ...deps, flash, token: query.token ?? '', isLoggedIn: principal !== null }
      return deps.render({ status: 200, title, content: content(page), cookies: clearFlash(deps, cookie) })
    },
  })
}

function redirect(location: string): Answer {
  return { status: 303, location }
}

function clearFlash({ cookies }: PageDeps, cookie: RouteRequest['cookie']): Answer['cookies'] {
  return cookie(FLASH) === null ? [] : [cookies.clear(FLASH)]
}
