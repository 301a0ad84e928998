import { html } from 'hono/html'
import { SECOND_MS } from '../kernel/clock.ts'
import type { Html, PageParts, PageView } from '../kernel/page-view.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Answer } from '../kernel/route.ts'
import { buttonLink } from './components/button.ts'
import { withQuery } from './components/form.ts'
import { ERROR_TEXTS } from './error-texts.ts'
import type { PageRequest, Pages } from './pages.ts'
import { PAGE_TEXTS } from './texts.ts'

/** A refused request of a browser. */
export interface RefusedNavigation {
  readonly request: PageRequest
  readonly refusal: Refusal
  /** Path and query, if the same request can be sent again by opening them; null otherwise. */
  readonly again: string | null
  readonly requestId: string
}

/** Returns the page that a browser gets instead of a refusal in JSON: one sentence, one button and the reference. */
export function errorPage(pages: Pages, refused: RefusedNavigation): Promise<Answer<never>> {
  const { request, refusal } = refused
  return pages.showEntry(request, { status: refusal.status, content: (view) => toParts(pages, view, refused) })
}

function toParts(pages: Pages, view: PageView, refused: RefusedNavigation): PageParts {
  const { refusal, requestId } = refused
  const { locale } = view
  const { refusals } = pages.texts
  const { wait, reference } = locale.texts(PAGE_TEXTS)
  const text = refusals[refusal.code]?.text[locale.language] ?? ''
  const { retryAfterSeconds: seconds } = refusal
  const pause = seconds === undefined ? '' : ` ${wait(locale.duration(seconds * SECOND_MS))}`
  return {
    title: titleOf(view, refusal.status),
    lead: `${text}${pause}`,
    body: wayOut(pages, view, refused),
    below: html`<p class="hint">${reference(requestId)}</p>`,
  }
}

function titleOf({ locale }: PageView, status: number): string {
  const texts: Readonly<Record<string, string>> = locale.texts(ERROR_TEXTS)
  return texts[status] ?? texts.other ?? ''
}

function wayOut(pages: Pages, { locale }: PageView, { refusal, again }: RefusedNavigation): Html {
  const { basePath, site } = pages
  const texts = locale.texts(ERROR_TEXTS)
  const { logIn, tryAgain } = locale.texts(PAGE_TEXTS)
  if (refusal.status === 401) return buttonLink('main', withQuery(`${basePath}/login`, { next: again }), logIn)
  if (refusal.code === 'reauthentication_required') {
    return buttonLink('main', withQuery(`${basePath}/reauthenticate`, { next: again }), texts.confirm)
  }
  const isPassing = refusal.status === 429 || refusal.status >= 500
  if (isPassing && again !== null) return buttonLink('main', again, tryAgain)
  const { home } = site.brand
  return home === null
    ? buttonLink('main', `${basePath}/account`, texts.toAccount)
    : buttonLink('main', home, texts.toHome)
}
