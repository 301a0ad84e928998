import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { PAGE_TEXTS } from '../texts.ts'
import { inputState, type Labelled, labelled } from './field.ts'
import { icon } from './icon.ts'

/** A field for a password. */
export interface PasswordField extends Labelled {
  readonly autocomplete: 'current-password' | 'new-password'
  /** A link on the line of the label. */
  readonly beside?: Html
}

/**
 * Renders a field for a password, with a button that shows what was typed (ASVS 6.2.6). The script shows the button. A
 * password is never filled in.
 */
export function password(view: PageView, options: PasswordField): Html {
  const { show, hide } = view.locale.texts(PAGE_TEXTS)
  const { name, autocomplete } = options
  const input = html`<span class="with-eye"><input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" spellcheck="false" autocapitalize="none"${inputState(view, options)}><button type="button" class="eye" hidden aria-controls="${name}" aria-label="${show}" data-other="${hide}">${icon('eye')}</button></span>`
  return labelled(view, options, input, options.beside)
}

/** Renders the hidden username that password managers need beside a new password. */
export function hiddenUsername(email: string): Html {
  return html`<input type="text" autocomplete="username" value="${email}" hidden readonly>`
}
