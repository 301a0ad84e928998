import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'
import { ICONS, type IconName, isIcon } from '../icons.ts'

const USE = /href="#i-([a-z]+)"/g

/** Renders an icon. It is decoration: the text beside it says the same. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`
}

/** Returns the shapes of the icons that a page uses, as markup. A value of a user cannot contain the pattern: it is escaped. */
export function sprite(page: string): string {
  const names = [...new Set([...page.matchAll(USE)].map(([, name = '']) => name))].filter(isIcon)
  const symbols = names.map((name) => `<symbol id="i-${name}" viewBox="0 0 24 24">${ICONS[name]}</symbol>`)
  return symbols.length === 0 ? '' : `<svg hidden>${symbols.join('')}</svg>`
}
