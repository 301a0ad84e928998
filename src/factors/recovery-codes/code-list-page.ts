import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { copyButton } from '../../pages/components/copyable.ts'
import { SECURITY_TEXTS } from '../security-texts.ts'

/** Renders new recovery codes, and buttons that copy and download them. The download needs no request. */
export function codeList(view: Pick<PageView, 'locale' | 'siteName'>, codes: readonly string[]): Html {
  const texts = view.locale.texts(SECURITY_TEXTS)
  const lines = codes.join('\n')
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${view.siteName}\n\n${lines}\n`)}`
  return html`<ul class="codes" aria-label="${texts.codesTitle}">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<div class="buttons">${copyButton(view, lines)}<a class="button plain" href="${file}" download="recovery-codes.txt">${texts.download}</a></div>`
}
