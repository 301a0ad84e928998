import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'
import type { IconName } from '../icons.ts'
import { icon } from './icon.ts'

/** What a note says: it worked, a hint, a warning, or a refusal. */
export type NoteKind = 'ok' | 'info' | 'warn' | 'danger'

const ICON: Readonly<Record<NoteKind, IconName>> = { ok: 'check', info: 'info', warn: 'warn', danger: 'warn' }

/** Renders a note on a tinted ground. Screen readers announce it. */
export function note(kind: NoteKind, body: Html | string): Html {
  return html`<div class="note ${kind}" role="${kind === 'danger' ? 'alert' : 'status'}">${icon(ICON[kind])}<div>${body}</div></div>`
}
