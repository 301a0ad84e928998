import { html } from 'hono/html'
import type { Html } from '../kernel/page-view.ts'
import type { Answer } from '../kernel/route.ts'
import { logo, renderDocument } from './frame.ts'
import type { Pages } from './pages.ts'
import { DOCUMENT_STYLE } from './style.ts'

/** A page for developers. It is in English. */
export interface DocumentPage {
  readonly title: string
  readonly body: Html
  /** Links to the parts of the document, at its side. Default: to the reference and to all refusals. */
  readonly contents?: Html
}

/** Renders a page for developers: contents at the side, and the text. */
export function renderDeveloperPage(
  pages: Pages,
  { title, body, contents = defaultContents(pages) }: DocumentPage,
): Promise<Answer<never>> {
  const { site, locale } = pages
  return renderDocument(site, {
    status: 200,
    locale: locale('en'),
    title,
    layout: 'document',
    style: DOCUMENT_STYLE,
    body: html`<header class="top"><div class="bar">${logo(site)}</div></header>
<div class="columns">
<nav aria-label="Contents">${contents}</nav>
<main><h1>${title}</h1>
${body}</main>
</div>`,
  })
}

function defaultContents({ basePath }: Pages): Html {
  return html`<ul><li><a href="${basePath}/reference">API reference</a></li><li><a href="${basePath}/problems">All refusals</a></li></ul>`
}
