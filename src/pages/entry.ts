import { html } from 'hono/html'
import type { Html, PageParts, PageView } from '../kernel/page-view.ts'
import { footer, logo, type Site } from './frame.ts'

/** The parts of an entry page, with the message of the last form. */
export interface EntryParts extends PageParts {
  readonly message: Html
  readonly query: Readonly<Record<string, string>>
}

/** Renders the layout of an entry page: the logo, a card, links below it, and the footer. */
export function entryBody(site: Site, { locale }: PageView, parts: EntryParts): Html {
  const { title, lead, body, below, message, query } = parts
  return html`<header>${logo(site)}</header>
<main>
<div class="card">
<h1>${title}</h1>
${lead === undefined ? '' : html`<p class="lead">${lead}</p>`}
${message}
${body}
</div>
${below === undefined ? '' : html`<div class="below">${below}</div>`}
</main>
${footer(site, locale, query)}`
}
