import { z } from 'zod'
import { CATALOGUE, type RefusalCode } from '../kernel/catalogue.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { VERSION } from '../kernel/version.ts'
import type { PageRenderer } from '../pages/page.ts'
import { problemPage } from '../pages/problem-page.ts'
import { referencePage } from '../pages/reference-page.ts'
import { createOpenApi, type OpenApiDocument, refusalsOf } from './openapi.ts'

/** What the documents tell of this installation. */
export interface DocumentDeps {
  readonly origin: string
  readonly basePath: string
  readonly cookieName: string
  /** What is switched on, for clients that adapt to it. */
  readonly features: readonly string[]
  readonly render: PageRenderer
}

const HTML = 'text/html'

/** What the service says about itself: metadata, OpenAPI, the reference, and what each refusal means. */
export function documentRoutes(deps: DocumentDeps, described: readonly Route[]): Route[] {
  const { origin, basePath, cookieName, features, render } = deps
  const authUrl = `${origin}${basePath}`
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
      summary: 'What this service is and offers',
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
        return { status: 200, body: { version: VERSION, cookieName, features, links } }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This document',
      access: 'anyone',
      answers: { 200: z.record(z.string(), z.unknown()) },
      async handle() {
        openApi ??= createOpenApi([...described, ...routes], { origin, basePath, cookieName })
        return { status: 200, body: openApi }
      },
    }),

    defineRoute({
      method: 'GET',
      path: '/reference',
      summary: 'All routes, readable',
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
      summary: 'What a refusal means and what to do',
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
        if (!Object.hasOwn(CATALOGUE, code)) throw new Refusal('not_found', { detail: 'There is no such code.' })
        const entry = CATALOGUE[code as RefusalCode] // one of its own keys, checked above
        if (wantsHtml) return render({ status: 200, title: entry.title, content: problemPage(code, entry) })
        return { status: 200, body: { code, ...entry } }
      },
    }),
  ]
  return routes
}
