import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import type { Session, SessionPrincipal } from '../kernel/principal.ts'
import { type Answer, defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import { accountBody, type NavigationEntry } from './account-frame.ts'
import { withQuery } from './components/form.ts'
import { renderDocument } from './frame.ts'
import { message } from './message.ts'
import { pageCall } from './page-route.ts'
import type { Pages } from './pages.ts'
import { ACCOUNT_STYLE } from './style.ts'
import { toLogin } from './to-login.ts'

/** Dependencies of the account pages. */
export interface AccountRouteDeps {
  readonly pages: Pages
  /** Returns true if the session is fresh enough for dangerous actions. */
  readonly isFresh: (session: Session) => Promise<boolean>
  /** The account pages of all features. */
  readonly accountPages: readonly AccountPage[]
}

/** Routes of the account pages. A caller without a session is redirected to the login, and then returns. */
export function accountRoutes(deps: AccountRouteDeps): Route[] {
  const navigation = deps.accountPages
    .flatMap(({ path, navigation: entry }) => (entry === undefined ? [] : [{ ...entry, path }]))
    .toSorted((left, right) => left.place - right.place)
  return deps.accountPages.map((page) => accountRoute(deps, page, navigation))
}

function accountRoute(deps: AccountRouteDeps, page: AccountPage, navigation: readonly NavigationEntry[]): Route {
  const { pages } = deps
  return defineRoute(pageCall(`/account${page.path}`), {
    summary: `Page: your account${page.path.replaceAll(/[/-]/g, ' ')}`,
    answers: { 200: 'text/html', 303: null },
    async handle(request) {
      const { principal, query } = request
      const here = withQuery(`${pages.basePath}/account${page.path}`, query)
      if (principal === null) return toLogin(pages, request, here)
      const isFresh = await deps.isFresh(principal.session)
      if (!isFresh && (await needsFresh(page, principal))) {
        return { status: 303, location: withQuery(`${pages.basePath}/reauthenticate`, { next: here }) }
      }
      return show(pages, request, { page, navigation, principal, isFresh })
    },
  })
}

async function needsFresh({ needsFresh: needs = false }: AccountPage, { user }: SessionPrincipal): Promise<boolean> {
  return typeof needs === 'function' ? needs(user.id) : needs
}

interface Shown {
  readonly page: AccountPage
  readonly navigation: readonly NavigationEntry[]
  readonly principal: SessionPrincipal
  readonly isFresh: boolean
}

async function show(pages: Pages, request: RouteRequest, { page, navigation, ...shown }: Shown): Promise<Answer> {
  const view = pages.view(request)
  const { query } = request
  const input: AccountPageRequest = { ...view, ...shown, query }
  const parts = await page.render(input)
  const { user } = shown.principal
  return renderDocument(pages.site, {
    status: 200,
    locale: view.locale,
    title: parts.title,
    layout: 'account',
    style: ACCOUNT_STYLE,
    body: accountBody(pages.site, view, {
      ...parts,
      user,
      navigation,
      path: page.path,
      message: message(pages.texts, view),
      query,
    }),
    cookies: pages.cookiesAfter(request, view),
  })
}
