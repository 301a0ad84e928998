import { html } from 'hono/html'
import type { PageParts } from '../../kernel/page-view.ts'
import type { Route } from '../../kernel/route.ts'
import { buttonLink } from '../../pages/components/button.ts'
import { type EntryPage, openPage } from '../../pages/page-route.ts'
import type { Pages } from '../../pages/pages.ts'
import { FACTOR_TEXTS } from '../texts.ts'
import { codeList } from './code-list-page.ts'

/** The page that shows new recovery codes once, after a login in which the user set up a second factor. */
export function recoveryCodesPage(pages: Pages): Route {
  return openPage(pages, { path: '/login/recovery-codes', summary: 'your new recovery codes', content: codesPage })
}

function codesPage(page: EntryPage): PageParts {
  const { basePath, locale, flash } = page
  const texts = locale.texts(FACTOR_TEXTS)
  const codes = flash?.secret?.split(' ') ?? []
  const next = page.kept.next ?? `${basePath}/account`
  return codes.length === 0
    ? { title: texts.codesTitle, lead: texts.codesGone, body: buttonLink('main', next, texts.codesGoneButton) }
    : {
        title: texts.codesTitle,
        lead: texts.codesLead,
        body: html`${codeList(page, codes)}${buttonLink('main', next, texts.codesKept)}`,
      }
}
