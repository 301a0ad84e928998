import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, Html } from '../kernel/feature.ts'
import type { Session } from '../kernel/principal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { pageCall } from './page-route.ts'
import type { Pages } from './pages.ts'
import { message } from './parts.ts'

/** Dependencies of the account page. */
export interface AccountRouteDeps {
  readonly pages: Pages
  /** Returns true if the session is fresh enough for dangerous actions. */
  readonly isFresh: (session: Session) => Promise<boolean>
  /** The account page sections of all features, in their order. */
  readonly parts: readonly AccountPage[]
}

const PLACES = ['top', 'middle', 'bottom'] as const

/** Route of the account page, which shows the sections of all features in one frame. */
export function accountRoute({ pages, isFresh: isFreshSession, parts }: AccountRouteDeps): Route {
  const ordered = PLACES.flatMap((place) => parts.filter((part) => part.place === place))
  return defineRoute(pageCall('/account'), {
    summary: 'Page: your account',
    answers: { 200: 'text/html', 303: null },
    async handle(request) {
      const { principal } = request
      if (principal === null) return { status: 303, location: `${pages.basePath}/login` }
      const isFresh = await isFreshSession(principal.session)
      return pages.show(request, {
        title: 'Your account',
        content: (flash) => renderParts(ordered, { principal, flash, isFresh }),
      })
    },
  })
}

async function renderParts(parts: readonly AccountPage[], request: AccountPageRequest): Promise<Html> {
  const rendered = await Promise.all(parts.map((part) => part.render(request)))
  return html`${message(request.flash)}
${rendered}`
}
