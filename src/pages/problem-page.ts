import { html } from 'hono/html'
import type { Html } from '../kernel/page-view.ts'
import type { RefusalEntry } from '../kernel/refusal-entry.ts'

/** Renders the documentation of a refusal, for the developer who opens its `type`. */
export function problemPage({ code, status, when, next }: RefusalEntry): Html {
  return html`<p><code>${code}</code>, HTTP status ${status}</p>
<h2>When it happens</h2>
<p>${when}</p>
<h2>What to do</h2>
<p>${next}</p>`
}
