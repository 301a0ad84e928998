import { html } from 'hono/html'
import type { LoginWay } from '../../kernel/feature.ts'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { PAGE_TEXTS } from '../texts.ts'
import { divider } from './button.ts'

/**
 * Renders the buttons of other ways to log in, and the line between them and the form.
 * @param invitation token of the invitation that brought the person here.
 */
export function otherWays(view: PageView, ways: readonly LoginWay[], invitation?: string): Html {
  if (ways.length === 0) return html``
  const scripted = ways.every(({ needsScript }) => needsScript === true) ? ' scripted' : ''
  return html`<div class="ways${scripted}">${ways.map((way) => way.render(view, invitation))}${divider(view.locale.texts(PAGE_TEXTS).or)}</div>`
}
