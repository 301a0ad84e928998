import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import type { Links } from '../kernel/links.ts'
import type { Origins } from '../kernel/origins.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { RefusalTable } from '../kernel/refusal-entry.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { VERSION } from '../kernel/version.ts'
import type { Pages } from '../pages/pages.ts'
import { problemPage } from '../pages/problem-page.ts'
import { referencePage } from '../pages/reference-page.ts'
import { createOpenApi, type OpenApiDocument, refusalsOf } from './openapi.ts'

/** Dependencies of `documentRoutes`. */
export interface DocumentDeps {
  readonly origins: Origins
  readonly links: Links
  readonly cookies: CookieFactory
  readonly pages: Pages
  /** The names of all features, as in the metadata. */
  readonly words: readonly string[]
  /** Every refusal. */
  readonly refusals: RefusalTable
}

const HTML = 'text/html'

/** Routes that describe the service: metadata, OpenAPI, the reference, and the meaning of each refusal. */
export function documentRoutes(deps: DocumentDeps, described: readonly Route[]): Route[] {
  const { words: features, refusals } = deps
  const { authUrl, basePath } = deps.links
  const { render } = deps.pages
  const context = { origin: deps.origins.own, basePath, cookieName: deps.cookies.name(), refusals }
  let openApi: OpenApiDocument | undefined
  const links = {
    login: `${authUrl}/login`,
    session: `${authUrl}/session`,
    openapi: `${authUrl}/openapi.json`,
    reference: `${authUrl}/reference`,
  }
  const routes: Route[] = [
    defineRoute({
      method: 'GET',
      path: '',
      summary: 'Metadata of the service',
      access: 'anyone',
      answers: {
        200: z.object({
          version: z.string(),
          cookieName: z.string(),
          features: z.array(z.string()),
          links: z.record(z.string(), z.url()),
        }),
      },
      async handle() {
        return { status: 200, body: { version: VERSION, cookieName: context.cookieName, features, links } }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      summary: 'The OpenAPI document',
      access: 'anyone',
      answers: { 200: z.record(z.string(), z.unknown()) },
      async handle() {
        openApi ??= createOpenApi([...described, ...routes], context)
        return { status: 200, body: openApi }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/reference',
      summary: 'Page: all routes',
      access: 'anyone',
      answers: { 200: HTML },
      async handle() {
        const all = [...described, ...routes].map((route) => ({ ...route, refusals: refusalsOf(route) }))
        return render({ status: 200, title: 'API reference', content: referencePage(all, authUrl), wide: true })
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/problems/{code}',
      summary: 'The meaning of a refusal and what to do about it',
      access: 'anyone',
      answers: {
        200: z.object({
          code: z.string(),
          status: z.int(),
          title: z.string(),
          when: z.string(),
          next: z.string(),
        }),
      },
      async handle({ params: { code = '' }, wantsHtml }) {
        const entry = Object.hasOwn(refusals, code) ? refusals[code] : undefined
        if (entry === undefined) throw new Refusal('not_found', { detail: 'There is no such code.' })
        if (wantsHtml) return render({ status: 200, title: entry.title, content: problemPage(entry) })
        return { status: 200, body: { ...entry } }
      },
    }),
  ]
  return routes
}
