import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import { describeFieldProblem } from '../field-texts.ts'
import { PAGE_TEXTS } from '../texts.ts'
import { icon } from './icon.ts'

/** A field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'text'
  /** The purpose of the field for password managers (HTML autofill). */
  readonly autocomplete: string
  readonly hint?: string
  readonly optional?: true
  readonly maxLength?: number
  /** `numeric` for codes. */
  readonly inputMode?: 'numeric'
  /** The cursor is here when the page opens, unless another field is wrong. */
  readonly autofocus?: true
  /** Value that the field has before the user typed anything. */
  readonly value?: string
  /** The value cannot be changed. */
  readonly locked?: true
}

/** Renders a label, a hint, an input and its error. */
export function field(view: PageView, options: Field): Html {
  const { name, type, autocomplete, maxLength, inputMode, locked } = options
  const typed = view.flash?.problem === undefined ? undefined : view.flash.values?.[name]
  const value = typed ?? options.value ?? ''
  const input = html`<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${type === 'email' || inputMode !== undefined ? html` spellcheck="false" autocapitalize="none"` : ''}${inputMode === undefined ? '' : html` inputmode="${inputMode}"`}${maxLength === undefined ? '' : html` maxlength="${maxLength}"`}${locked ? html` readonly` : ''}${inputState(view, options)}>`
  return labelled(view, options, input)
}

/** Parts of a field that every kind of field has. */
export interface Labelled {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly optional?: true
  readonly autofocus?: true
}

/** Returns the attributes of an input that depend on its hint and its errors. */
export function inputState(view: PageView, { name, hint, optional, autofocus }: Labelled): Html {
  const isWrong = errorsOf(view, name).length > 0
  const described = [hint === undefined ? '' : `${name}-hint`, isWrong ? `${name}-error` : ''].filter(Boolean).join(' ')
  return html`${optional ? '' : html` required`}${described === '' ? '' : html` aria-describedby="${described}"`}${isWrong ? html` aria-invalid="true"` : ''}${hasFocus(view, autofocus) ? html` autofocus` : ''}`
}

/** Renders the label, the hint and the error around an input. `beside` is on the line of the label. */
export function labelled(view: PageView, { name, label, hint, optional }: Labelled, input: Html, beside?: Html): Html {
  const errors = errorsOf(view, name)
  const suffix = optional ? html` <span class="soft">${view.locale.texts(PAGE_TEXTS).optional}</span>` : ''
  return html`<div class="field"><label for="${name}">${label}${suffix}</label>${hint === undefined ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`}${input}${errors.length === 0 ? '' : html`<p class="error" id="${name}-error">${icon('warn')}<span>${errors.join(' ')}</span></p>`}${beside === undefined ? '' : html`<span class="beside">${beside}</span>`}</div>`
}

function errorsOf({ locale, flash }: PageView, name: string): readonly string[] {
  const errors = (flash?.problem?.errors ?? []).filter(({ field: wrong }) => wrong === name)
  return [...new Set(errors.map((error) => describeFieldProblem(locale, error)))]
}

/** The field that asks for the cursor has it, unless a field is wrong: the anchor of the page moves the cursor there. */
function hasFocus({ flash }: PageView, autofocus: true | undefined): boolean {
  const first = flash?.problem?.errors.find(({ field: wrong }) => wrong !== '')
  return first === undefined && autofocus === true
}
