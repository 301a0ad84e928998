import { html } from 'hono/html'
import type { Html } from '../kernel/page-view.ts'
import type { RefusalEntry } from '../kernel/refusal-entry.ts'

/** Renders the documentation of a refusal, for the developer who opens its `type`. */
export function problemPage({ code, status, when, next }: RefusalEntry): Html {
  return html`<p><code>${code}</code>, HTTP status ${status}</p>
<h2>When it happens</h2>
<p>${prose(when)}</p>
<h2>What to do</h2>
<p>${prose(next)}</p>`
}

/** Renders a sentence of the catalogue, which marks code as Markdown does. */
function prose(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

/** Renders the index of all refusals. */
export function problemIndex(refusals: readonly RefusalEntry[], authUrl: string): Html {
  return html`<p>Errors are <code>application/problem+json</code> (RFC 9457). The member <code>code</code> is stable.</p>
<table>${refusals.map(
    ({ code, status, title }) =>
      html`<tr><td><a href="${authUrl}/problems/${code}"><code>${code}</code></a></td><td class="number">${status}</td><td>${title}</td></tr>`,
  )}</table>`
}
