/* The API reference: an index of all routes, and a page for each part, which is named after the first segment of its paths. */
import { html } from 'hono/html'
import type { Html } from '../kernel/page-view.ts'
import type { Route } from '../kernel/route.ts'
import { memberTable, sampleBody } from './reference-members.ts'

const ACCESS: Readonly<Record<Route['access'], string>> = {
  anyone: 'Anyone',
  user: 'Needs a session or an access token',
  session: 'Needs a session',
  fresh_session: 'Needs a fresh session',
}

/** The part of the routes without a segment. */
const ROOT = 'service'

/** The reference of the routes of an instance. The pages load nothing from other origins. */
export interface Reference {
  /** The names of the parts, in the order of the routes. */
  readonly parts: readonly string[]
  /** Renders the index: every route with its summary, pages apart from the API. */
  index(): Html
  /** Renders a part: how to call each route, and what it answers. */
  part(name: string): Html
  /** Renders links to the index and to all parts. */
  contents(): Html
}

/** Creates the reference. */
export function createReference(routes: readonly Route[], authUrl: string): Reference {
  const described = routes.filter(({ form }) => form?.only !== true)
  const pages = described.filter(isPage)
  const parts = Map.groupBy(
    described.filter((route) => !isPage(route)),
    partOf,
  )
  const url = `${authUrl}/reference`
  return {
    parts: [...parts.keys()],
    index:
      () => html`<p>Base URL <code>${authUrl}</code>. For machines: <a href="${authUrl}/openapi.json">openapi.json</a>. <a href="${authUrl}/problems">All refusals</a>.</p>
${[...parts].map(
  ([part, list]) => html`<section><h2><a href="${url}/${part}">${part}</a></h2>
<ul>${list.map((route) => html`<li><a href="${url}/${part}#${route.name}"><code>${signature(route)}</code></a> ${route.summary}</li>`)}</ul></section>`,
)}
<section><h2>Pages</h2>
<ul>${pages.map((route) => html`<li><code>${signature(route)}</code> ${route.summary}</li>`)}</ul></section>`,
    part: (name) => html`${(parts.get(name) ?? []).map((route) => routeSection(route, authUrl))}`,
    contents: () =>
      html`<ul><li><a href="${url}">All routes</a></li>${[...parts.keys()].map((part) => html`<li><a href="${url}/${part}">${part}</a></li>`)}</ul>`,
  }
}

function isPage({ method, answers }: Route): boolean {
  return method === 'GET' && Object.values(answers).includes('text/html')
}

function partOf({ path }: Route): string {
  return path.split('/')[1] ?? ROOT
}

function signature({ method, path }: Route): string {
  return `${method} ${path === '' ? '/' : path}`
}

function routeSection(route: Route, authUrl: string): Html {
  const { name, summary, access, body, answers, refusals } = route
  return html`<section>
<h2 id="${name}"><code>${signature(route)}</code></h2>
<p>${summary}. <span class="soft">${ACCESS[access]}.</span></p>
<pre tabindex="0">${curl(route, authUrl)}</pre>
${body === undefined ? '' : memberTable('Body', body, 'input')}
${Object.entries(answers).map(([status, answer]) => answerTable(status, answer))}
${
  refusals.length === 0
    ? ''
    : html`<p class="soft">Refusals: ${refusals.map((code) => html`<a href="../problems/${code}"><code>${code}</code></a> `)}</p>`
}
</section>`
}

/** Returns a command line that calls the route. */
function curl({ method, path, access, body }: Route, authUrl: string): string {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} '${authUrl}${path}'`,
    ...(access === 'anyone' ? [] : ["-b 'latchkey=…'"]),
    ...(body === undefined ? [] : ["-H 'content-type: application/json'", `-d '${sampleBody(body)}'`]),
  ]
  return lines.join(' \\\n  ')
}

function answerTable(status: string, answer: Route['answers'][number]): Html {
  if (answer === null || answer === undefined) return html`<p>Answers <code>${status}</code> without a body.</p>`
  if (typeof answer === 'string') return html`<p>Answers <code>${status}</code> with <code>${answer}</code>.</p>`
  return memberTable(`Answer ${status}`, answer, 'output')
}
