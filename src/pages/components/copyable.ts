import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { PAGE_TEXTS } from '../texts.ts'

/** Renders a secret that the page shows once. It is selected when it has the cursor; the script shows a button that copies it. */
export function copyable(view: Pick<PageView, 'locale'>, secret: string, label: string): Html {
  return html`<div class="copyable"><input type="text" readonly id="secret" value="${secret}" aria-label="${label}" autocomplete="off" spellcheck="false">${button(view)}</div>`
}

/** Renders a button that copies a text that the page shows in another form. The script shows it. */
export function copyButton(view: Pick<PageView, 'locale'>, text: string): Html {
  return html`<input type="hidden" id="secret" value="${text}">${button(view)}`
}

function button({ locale }: Pick<PageView, 'locale'>): Html {
  const { copy, copied } = locale.texts(PAGE_TEXTS)
  return html`<button type="button" class="plain" hidden data-copy="secret" data-other="${copied}">${copy}</button>`
}
