import { html } from 'hono/html'
import { z } from 'zod'
import type { Html } from '../kernel/page-view.ts'
import type { Route } from '../kernel/route.ts'

const ACCESS: Readonly<Record<Route['access'], string>> = {
  anyone: 'Anyone',
  user: 'Needs a session or an access token',
  session: 'Needs a session',
  fresh_session: 'Needs a fresh session',
}

/** Renders the route table for readers. The page loads nothing from other origins. */
export function referencePage(routes: readonly Route[], authUrl: string): Html {
  return html`<p>Base URL <code>${authUrl}</code>. For machines: <a href="${authUrl}/openapi.json">openapi.json</a>.</p>
${routes.filter(({ form }) => form?.only !== true).map((route) => routeSection(route, authUrl))}`
}

function routeSection(route: Route, authUrl: string): Html {
  return html`<section>
<h2><code>${route.method} ${route.path === '' ? '/' : route.path}</code></h2>
<p>${route.summary}. <span class="soft">${ACCESS[route.access]}.</span></p>
${route.body === undefined ? '' : html`<table><caption class="soft">Body</caption>${members(route.body, 'input')}</table>`}
${Object.entries(route.answers).map(([status, answer]) => answerTable(status, answer))}
${
  route.refusals.length === 0
    ? ''
    : html`<p class="soft">Refusals: ${route.refusals.map((code) => html`<a href="${authUrl}/problems/${code}"><code>${code}</code></a> `)}</p>`
}
</section>`
}

function answerTable(status: string, answer: Route['answers'][number]): Html {
  if (answer === null || answer === undefined) return html`<p>Answers <code>${status}</code> without a body.</p>`
  if (typeof answer === 'string') return html`<p>Answers <code>${status}</code> with <code>${answer}</code>.</p>`
  return html`<table><caption class="soft">Answer ${status}</caption>${members(answer, 'output')}</table>`
}

interface MemberSchema {
  readonly type?: string
  readonly $ref?: string
  readonly description?: string
  readonly const?: unknown
  readonly items?: MemberSchema
  readonly anyOf?: readonly MemberSchema[]
}

function members(schema: z.ZodType, io: 'input' | 'output'): Html {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return html`${Object.entries(properties).map(([name, member]) => {
    const shape = member as MemberSchema // our schemas have no members that are `true` or `false`
    const presence = required.includes(name) ? '' : 'optional'
    return html`<tr><td><code>${name}</code></td><td>${typeName(shape)}</td><td>${presence} ${shape.description ?? ''}</td></tr>`
  })}`
}

function typeName({ type, $ref, const: constant, items, anyOf }: MemberSchema): string {
  if ($ref !== undefined) return $ref.replace('#/$defs/', '')
  if (constant !== undefined) return JSON.stringify(constant)
  if (items !== undefined) return `list of ${typeName(items)}`
  if (anyOf !== undefined) return anyOf.map(typeName).join(' or ')
  return type ?? 'any'
}
