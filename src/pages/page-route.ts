import type { Call, PageTypes } from '../kernel/call.ts'
import { defineCall } from '../kernel/define-calls.ts'
import { parseNextLocation } from '../kernel/next-location.ts'
import type { PageParts, PageView } from '../kernel/page-view.ts'
import { defineRoute, type Route, type RouteRequest } from '../kernel/route.ts'
import type { Pages } from './pages.ts'

/** Data of a page for people who are not logged in. */
export interface EntryPage extends PageView {
  readonly query: Readonly<Record<string, string>>
}

/** Data of a page that an emailed link opens. */
export interface LinkPage<Found> extends PageView {
  /** The token in the link. */
  readonly token: string
  /** What the link is about; null if the link is dead. */
  readonly found: Found | null
}

/** Path, summary and content of a page. */
export interface PageDefinition<Page> {
  readonly path: string
  /** One line for the reference. */
  readonly summary: string
  /** True: the message stays for the next page, so that this one can be reloaded. Default false. */
  readonly keepsFlash?: boolean
  content(page: Page): PageParts | Promise<PageParts>
}

const HTML = 'text/html'
/** Keeps the token in the URL of a page out of the `Referer` of the requests that the page makes (CWE-598; ASVS 3.4.5). */
export const NO_REFERRER: Readonly<Record<string, string>> = { 'Referrer-Policy': 'no-referrer' }

/** Returns the call that shows a page to anyone: `pages.password.forgot` for `/password/forgot`. */
export function pageCall(path: string): Call<'anyone', PageTypes> {
  return defineCall(`GET ${path}`, { name: `pages${path.replaceAll('/', '.')}`, access: 'anyone' })
}

/** A page for people who are not logged in. A person who is logged in is redirected at once. */
export function entryPage(pages: Pages, { path, summary, keepsFlash, content }: PageDefinition<EntryPage>): Route {
  const { basePath, origins } = pages
  return defineRoute(pageCall(path), {
    summary: `Page: ${summary}`,
    answers: { 200: HTML, 303: null },
    async handle(request) {
      const { principal, query } = request
      const next = parseNextLocation(query.next, origins)
      if (principal !== null) return { status: 303, location: next ?? `${basePath}/account` }
      return pages.showEntry(request, {
        keepsFlash: keepsFlash ?? false,
        headers: (query.invitation ?? '') === '' ? {} : NO_REFERRER,
        content: (view) => content({ ...view, query }),
      })
    },
  })
}

/** A page that anyone may open, logged in or not. */
export function openPage(pages: Pages, { path, summary, keepsFlash, content }: PageDefinition<EntryPage>): Route {
  return defineRoute(pageCall(path), {
    summary: `Page: ${summary}`,
    answers: { 200: HTML },
    async handle(request) {
      const { query } = request
      return pages.showEntry(request, {
        keepsFlash: keepsFlash ?? false,
        content: (view) => content({ ...view, query }),
      })
    },
  })
}

/** The browser that opened an emailed link. */
export interface LinkReader extends Pick<RouteRequest, 'cookies'> {
  /** The user who is logged in; null if there is none. */
  readonly userId: string | null
}

/** A page that an emailed link opens. */
export interface LinkPageDefinition<Found> extends PageDefinition<LinkPage<Found>> {
  /** Returns what the token is about, or null if the link is dead. It must not use up the token. */
  find(token: string, request: LinkReader): Promise<Found | null>
}

/**
 * Returns the route of a page that an emailed link opens. Opening it does not use the token, because email scanners open
 * links too. A dead link says so before the reader has typed anything.
 */
export function linkPage<Found>(pages: Pages, definition: LinkPageDefinition<Found>): Route {
  const { path, summary, keepsFlash, find, content } = definition
  return defineRoute(pageCall(path), {
    summary: `Page: ${summary}`,
    answers: { 200: HTML },
    async handle(request) {
      const { principal, query, cookies } = request
      const token = query.token ?? ''
      const found = token === '' ? null : await find(token, { userId: principal?.user.id ?? null, cookies })
      return pages.showEntry(request, {
        keepsFlash: keepsFlash ?? false,
        isLinked: true,
        headers: token === '' ? {} : NO_REFERRER,
        content: (view) => content({ ...view, token, found }),
      })
    },
  })
}
