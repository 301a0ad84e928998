import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'

/** A checkbox. */
export interface Checkbox {
  readonly name: string
  readonly label: string
  readonly checked: boolean
  readonly hint?: string
}

/** Renders a checkbox with its label. */
export function checkbox({ name, label, checked, hint }: Checkbox): Html {
  return html`<label class="check"><input type="checkbox" name="${name}" value="on"${checked ? html` checked` : ''}><span>${label}${hint === undefined ? '' : html`<span class="hint">${hint}</span>`}</span></label>`
}
