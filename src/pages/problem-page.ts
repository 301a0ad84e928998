import { html } from 'hono/html'
import type { CatalogueEntry } from '../kernel/catalogue.ts'
import type { Html } from '../kernel/feature.ts'

/** What a refusal means, for the developer who follows its `type`. */
export function problemPage(code: string, { status, when, next }: CatalogueEntry): Html {
  return html`<p><code>${code}</code>, HTTP status ${status}</p>
<h2>When it happens</h2>
<p>${when}</p>
<h2>What to do</h2>
<p>${next}</p>`
}
