import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'
import type { IconName } from '../icons.ts'
import { icon } from './icon.ts'

/** Renders a list that is empty: why, and what to do. */
export function empty(name: IconName, sentence: string, action?: Html): Html {
  return html`<div class="empty"><span class="badge">${icon(name)}</span><p>${sentence}</p>${action ?? ''}</div>`
}
