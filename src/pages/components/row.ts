import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'
import type { IconName } from '../icons.ts'
import { icon } from './icon.ts'

/** One thing in a list: a device, a token, an event. */
export interface Row {
  readonly icon: IconName
  readonly title: Html | string
  /** A short word beside the title. */
  readonly tag?: { readonly kind: 'ok' | 'warn' | 'plain'; readonly text: string } | undefined
  /** Details in small type. */
  readonly sub?: Html | string | undefined
  readonly action?: Html | undefined
  /** True: the details are long, so on a phone the action is below them. Default false. */
  readonly isLong?: boolean
}

/** Renders a list. */
export function rows(list: readonly Row[]): Html {
  return html`<ul class="rows">${list.map(row)}</ul>`
}

function row({ icon: name, title, tag: word, sub, action, isLong }: Row): Html {
  return html`<li><span class="badge">${icon(name)}</span><div class="what${isLong ? ' long' : ''}"><span class="title">${title}</span>${word === undefined ? '' : html` ${tag(word.kind, word.text)}`}${sub === undefined ? '' : html`<div class="sub">${sub}</div>`}</div>${action ?? ''}</li>`
}

/** Renders a short word on a tinted ground. */
export function tag(kind: 'ok' | 'warn' | 'plain', text: Html | string): Html {
  return html`<span class="tag ${kind}">${text}</span>`
}

/** Joins details with dots between them. */
export function dotted(parts: readonly (Html | string | null)[]): Html {
  const given = parts.filter((part) => part !== null && part !== '')
  return html`${given.map((part, index) => html`${index === 0 ? '' : ' · '}${part}`)}`
}
