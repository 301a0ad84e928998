import type { Call, PageTypes } from '../kernel/call.ts'
import { defineCall } from '../kernel/define-calls.ts'
import type { Html } from '../kernel/feature.ts'
import type { Flash } from '../kernel/flash.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import { type Answer, defineRoute, type Route } from '../kernel/route.ts'
import type { Pages } from './pages.ts'

/** Data of a page for people who are not logged in. */
export interface EntryPage {
  readonly basePath: string
  readonly flash: Flash | null
  /** Where the page leads afterwards. Null: to the account page. */
  readonly next: string | null
  /** The invitation in the link to this page; empty if the link has none. */
  readonly invitation: string
}

/** Data of a page that an emailed link leads to. */
export interface LinkPage {
  readonly basePath: string
  readonly flash: Flash | null
  /** The token in the link; empty if the link has none. */
  readonly token: string
  readonly isLoggedIn: boolean
}

/** Path, title and content of a page. */
export interface PageDefinition<Page> {
  readonly path: string
  readonly title: string
  content(page: Page): Html
}

const HTML = 'text/html'

/** Returns the call that shows a page to anyone: `pages.password.forgot` for `/password/forgot`. */
export function pageCall(path: string): Call<'anyone', PageTypes> {
  return defineCall(`GET ${path}`, { name: `pages${path.replaceAll('/', '.')}`, access: 'anyone' })
}

/** A page for people who are not logged in. A person who is logged in is redirected at once. */
export function entryPage(pages: Pages, { path, title, content }: PageDefinition<EntryPage>): Route {
  const { basePath, origins } = pages
  return defineRoute(pageCall(path), {
    summary: `Page: ${title.toLowerCase()}`,
    answers: { 200: HTML, 303: null },
    async handle(request) {
      const { principal, query } = request
      const next = parseNextLocation(query.next, origins)
      if (principal !== null) return { status: 303, location: next ?? `${basePath}/account` }
      const invitation = query.invitation ?? ''
      const answer = await pages.show(request, {
        title,
        content: (flash) => content({ basePath, flash, next, invitation }),
      })
      return invitation === '' ? answer : withoutReferrer(answer)
    },
  })
}

/** Keeps the token in the URL of a page out of the `Referer` of the requests that the page makes (CWE-598; ASVS 3.4.5). */
function withoutReferrer(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'Referrer-Policy': 'no-referrer' } }
}

/**
 * Returns the route of a page that an emailed link opens. Opening it does not use the token: email scanners open links
 * too.
 */
export function linkPage(pages: Pages, { path, title, content }: PageDefinition<LinkPage>): Route {
  const { basePath } = pages
  return defineRoute(pageCall(path), {
    summary: `Page: ${title.toLowerCase()}`,
    answers: { 200: HTML },
    async handle(request) {
      const { principal, query } = request
      const page = { basePath, token: query.token ?? '', isLoggedIn: principal !== null }
      const answer = await pages.show(request, { title, content: (flash) => content({ ...page, flash }) })
      return page.token === '' ? answer : withoutReferrer(answer)
    },
  })
}
