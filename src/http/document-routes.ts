import { z } from 'zod'
import type { CookieFactory } from '../kernel/cookie.ts'
import { defineCall } from '../kernel/define-calls.ts'
import type { Links } from '../kernel/links.ts'
import type { Origins } from '../kernel/origins.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { RefusalTable } from '../kernel/refusal-entry.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import { VERSION } from '../kernel/version.ts'
import { renderDeveloperPage } from '../pages/document.ts'
import type { Pages } from '../pages/pages.ts'
import { problemIndex, problemPage } from '../pages/problem-page.ts'
import { createReference, type Reference } from '../pages/reference-page.ts'
import { createOpenApi, type OpenApiDocument } from './openapi.ts'
import { documentCalls } from './wire.ts'

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

/** Builds the routes that describe the service: metadata, OpenAPI, the reference, and the explanation of each refusal. */
export function documentRoutes(deps: DocumentDeps, described: readonly Route[]): Route[] {
  const { words: features, refusals } = deps
  const { authUrl, basePath } = deps.links
  const context = { origin: deps.origins.own, basePath, cookieName: deps.cookies.name(), refusals }
  let openApi: OpenApiDocument | undefined
  let created: Reference | undefined
  const reference = (): Reference => {
    created ??= createReference([...described, ...routes], authUrl)
    return created
  }
  const links = {
    login: `${authUrl}/login`,
    session: `${authUrl}/session`,
    openapi: `${authUrl}/openapi.json`,
    reference: `${authUrl}/reference`,
  }
  const routes: Route[] = [
    defineRoute(documentCalls['GET '], {
      summary: 'Describe the service and its features',
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

    defineRoute(defineCall('GET /openapi.json', { name: 'openapi', access: 'anyone' }), {
      summary: 'This document: OpenAPI 3.1',
      answers: { 200: z.record(z.string(), z.unknown()) },
      async handle() {
        openApi ??= createOpenApi([...described, ...routes], context)
        return { status: 200, body: openApi }
      },
    }),

    defineRoute(defineCall('GET /reference', { name: 'reference', access: 'anyone' }), {
      summary: 'Page: list all routes',
      answers: { 200: HTML },
      async handle() {
        const { index, contents } = reference()
        return renderDeveloperPage(deps.pages, { title: 'API reference', body: index(), contents: contents() })
      },
    }),

    defineRoute(defineCall('GET /reference/{part}', { name: 'reference.part', access: 'anyone' }), {
      summary: 'Page: describe the routes of one part',
      answers: { 200: HTML },
      async handle({ params: { part = '' } }) {
        const { parts, part: render, contents } = reference()
        if (!parts.includes(part)) throw new Refusal('not_found', { detail: 'There is no such part.' })
        return renderDeveloperPage(deps.pages, { title: `API: ${part}`, body: render(part), contents: contents() })
      },
    }),

    ...problemRoutes(deps),
  ]
  return routes
}

/** Builds the routes that explain refusals. */
function problemRoutes({ pages, refusals, links: { authUrl } }: DocumentDeps): Route[] {
  return [
    defineRoute(defineCall('GET /problems', { name: 'problems.list', access: 'anyone' }), {
      summary: 'Page: list all refusals',
      answers: { 200: HTML },
      async handle() {
        const body = problemIndex(Object.values(refusals), authUrl)
        return renderDeveloperPage(pages, { title: 'Refusals', body })
      },
    }),

    defineRoute(defineCall('GET /problems/{code}', { name: 'problems', access: 'anyone' }), {
      summary: 'Explain a refusal and what to do next',
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
        if (wantsHtml()) return renderDeveloperPage(pages, { title: entry.title, body: problemPage(entry) })
        const { text: _, ...problem } = entry
        return { status: 200, body: problem }
      },
    }),
  ]
}
