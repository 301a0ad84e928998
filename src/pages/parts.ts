import { html } from 'hono/html'
import type { Flash } from './flash.ts'
import type { Html } from './page.ts'

/** A form's field. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password' | 'text'
  /** What password managers go by (HTML autofill). */
  readonly autocomplete: string
  readonly hint?: string
  readonly optional?: true
}

const NOTICES: Readonly<Record<string, string>> = {
  welcome: 'Welcome! Your account is ready.',
  logged_out: 'You are logged out.',
  password_changed: 'Your password is changed. All other sessions have ended.',
  session_ended: 'The session has ended.',
  sessions_ended: 'All other sessions have ended.',
}

/** What a page has to say of the last form: a notice, or why it was refused. */
export function message(flash: Flash | null): Html {
  const notice = flash?.notice === undefined ? undefined : NOTICES[flash.notice]
  if (notice !== undefined) return html`<p class="message good" role="status">${notice}</p>`
  if (flash?.problem === undefined) return html``
  const text = flash.problem.code === 'validation_failed' ? 'Please correct what is marked.' : flash.problem.detail
  const loose = flash.problem.errors.filter(({ pointer }) => pointer === '#')
  return html`<p class="message bad" role="alert">${PLAIN[flash.problem.code] ?? text}</p>
${loose.map(({ detail }) => html`<p class="error">${detail}</p>`)}`
}

/** Refusals that people see often, in words for people. */
const PLAIN: Readonly<Record<string, string>> = {
  invalid_credentials: 'Email and password do not match. Please try again.',
  email_taken: 'There is an account with this email already. Log in instead?',
  unauthenticated: 'Please log in.',
  overloaded: 'Very busy right now. Please try again in a moment.',
  unavailable: 'Not available right now. Please try again in a moment.',
  internal_error: 'Something went wrong on our side. Please try again.',
}

/** A labelled input with what was wrong with it. Passwords are never filled in. */
export function field({ name, label, type, autocomplete, hint, optional }: Field, flash: Flash | null): Html {
  const errors = (flash?.problem?.errors ?? []).filter(({ pointer }) => pointer === `#/${name}`)
  const value = type === 'password' ? '' : (flash?.values?.[name] ?? '')
  const errorId = `${name}-error`
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" ${optional ? '' : 'required'} ${errors.length > 0 ? html`aria-invalid="true" aria-describedby="${errorId}"` : ''}>
${hint === undefined ? '' : html`<span class="soft">${hint}</span>`}
${errors.length === 0 ? '' : html`<span class="error" id="${errorId}">${errors.map(({ detail }) => detail).join(' ')}</span>`}
</div>`
}

/** Keeps where to go afterwards. */
export function nextField(next: string | null): Html {
  return next === null ? html`` : html`<input type="hidden" name="next" value="${next}">`
}
