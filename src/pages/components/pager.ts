import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { PAGE_TEXTS } from '../texts.ts'
import { buttonLink } from './button.ts'

/** Renders the links to the first and the next part of a list. A link that is null is left out. */
export function pager({ locale }: Pick<PageView, 'locale'>, first: string | null, next: string | null): Html {
  const { newest, older } = locale.texts(PAGE_TEXTS)
  if (first === null && next === null) return html``
  return html`<nav class="buttons" aria-label="${older}">${first === null ? '' : buttonLink('plain', first, newest, { small: true })}${next === null ? '' : buttonLink('plain', next, older, { small: true })}</nav>`
}
