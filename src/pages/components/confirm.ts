import { html } from 'hono/html'
import type { Html, PageParts } from '../../kernel/page-view.ts'
import { button, buttonLink } from './button.ts'
import { form } from './form.ts'

/** A question before a dangerous action. */
export interface Confirmation {
  readonly title: string
  readonly body: Html | string
  /** The action: its route, its hidden fields and its button. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly yes: string
  /** The way back: its path and its link. */
  readonly back: string
  readonly no: string
}

/** Returns a page that asks before a dangerous action. */
export function confirm({ title, body, action, fields, yes, back, no }: Confirmation): PageParts {
  const buttons = html`<div class="buttons">${button('danger', yes)}${buttonLink('plain', back, no)}</div>`
  return { title, body: html`<section class="card"><p>${body}</p>${form(action, buttons, fields)}</section>` }
}
