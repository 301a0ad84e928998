import { html } from 'hono/html'
import type { PageParts } from '../../kernel/page-view.ts'
import type { Route } from '../../kernel/route.ts'
import { buttonLink } from '../../pages/components/button.ts'
import { type EntryPage, openPage } from '../../pages/page-route.ts'
import type { Pages } from '../../pages/pages.ts'
import { FACTOR_TEXTS } from '../texts.ts'

/** The page that shows new recovery codes once, after a login in which the user set up a second factor. */
export function recoveryCodesPage(pages: Pages): Route {
  return openPage(pages, { path: '/login/recovery-codes', summary: 'your new recovery codes', content: codesPage })
}

function codesPage({ basePath, locale, flash, kept: { next } }: EntryPage): PageParts {
  const texts = locale.texts(FACTOR_TEXTS)
  const codes = flash?.secret?.split(' ') ?? []
  const list = html`<ul class="codes" aria-label="${texts.codesLabel}">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`
  return {
    title: texts.codesTitle,
    lead: codes.length === 0 ? texts.codesGone : texts.codesLead,
    body: html`${codes.length === 0 ? '' : list}${buttonLink('main', next ?? `${basePath}/account`, texts.codesKept)}`,
  }
}
