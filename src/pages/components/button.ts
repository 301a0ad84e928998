import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'

/** The look of a button: the one main action of a form, any other action, or a dangerous one. */
export type ButtonKind = 'main' | 'plain' | 'danger'

/** Looks and labels of a button. */
export interface ButtonOptions {
  /** Small: for rows and headings. */
  readonly small?: boolean
  /** Name for screen readers, if the text alone does not say which thing the button is about. */
  readonly label?: string
  /** Seconds that the script keeps the button disabled, with a countdown. */
  readonly waitSeconds?: number
}

/** Renders the button that sends its form. */
export function button(kind: ButtonKind, text: Html | string, options: ButtonOptions = {}): Html {
  const { small = false, label, waitSeconds } = options
  return html`<button class="${classOf(kind, small)}"${label === undefined ? '' : html` aria-label="${label}"`}${waitSeconds === undefined ? '' : html` data-wait="${waitSeconds}"`}>${text}</button>`
}

/** Renders a link that looks like a button. */
export function buttonLink(kind: ButtonKind, href: string, text: Html | string, options: ButtonOptions = {}): Html {
  const { small = false, label } = options
  return html`<a class="button ${classOf(kind, small)}" href="${href}"${label === undefined ? '' : html` aria-label="${label}"`}>${text}</a>`
}

/** A dangerous button is as prominent as a main one, except in rows and headings. */
function classOf(kind: ButtonKind, small: boolean): string {
  if (small) return `${kind} small`
  return kind === 'danger' ? 'main danger' : kind
}

/** Renders a line with a word in the middle, between two ways to do the same. */
export function divider(word: string): Html {
  return html`<p class="divider"><span>${word}</span></p>`
}
