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
  verification_required: 'Check your mail: a link in it makes your account ready.',
  verification_sent: 'We have mailed you a link that verifies your address.',
  email_verified: 'Your address is verified.',
  email_change_sent: 'We have mailed a link to the new address. Nothing changes until you open it.',
  email_changed: 'Your address is changed.',
  email_change_undone: 'The address is as it was. We have mailed you a link to set a new password.',
  reset_sent: 'If there is an account with this address, a mail with a link is on its way.',
  password_reset: 'Your password is set. Please log in with it.',
  reauthenticated: 'Thank you. You may go on now.',
  account_deleted: 'Your account is deleted.',
  session_ended: 'The session has ended.',
  sessions_ended: 'All other sessions have ended.',
  token_ended: 'The access token has ended.',
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
  email_not_verified: 'Please open the link in the mail that we have just sent you, then log in.',
  token_invalid: 'This link no longer works. Please ask for a new one.',
  proof_required: 'Please show that the account is yours.',
  reauthentication_required: 'Please type your password again first.',
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

/** A time in words for people, to the minute. */
export function timeElement(time: string): Html {
  return html`<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>`
}

/** Keeps where to go afterwards. */
export function nextField(next: string | null): Html {
  return next === null ? html`` : html`<input type="hidden" name="next" value="${next}">`
}
