import { html } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { Flash } from '../kernel/flash.ts'

/** A field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password' | 'text'
  /** The purpose of the field for password managers (HTML autofill). */
  readonly autocomplete: string
  readonly hint?: string
  readonly optional?: true
}

const NOTICES: Readonly<Record<string, string>> = {
  welcome: 'Welcome! Your account is ready.',
  logged_out: 'You are logged out.',
  password_changed: 'Your password is changed. All other sessions are logged out.',
  verification_required: 'Check your email: the link in it completes your registration.',
  verification_sent: 'We have emailed you a link that verifies your email address.',
  email_verified: 'Your email address is verified.',
  email_change_sent: 'We have emailed a link to the new address. Nothing changes until you open it.',
  email_changed: 'Your email address is changed.',
  email_change_undone:
    'The change is undone and all sessions are logged out. If we emailed you a link, set a new password with it.',
  reset_sent: 'If there is an account with this email address, an email with a link is on its way.',
  password_reset: 'Your new password is set. Log in with it.',
  reauthenticated: 'Thank you. You can continue now.',
  account_deleted: 'Your account is deleted.',
  session_ended: 'The session is logged out.',
  sessions_ended: 'All other sessions are logged out.',
  token_ended: 'The access token is revoked.',
}

/** Renders the message of the last form: a notice, or the reason why the form was refused. */
export function message(flash: Flash | null): Html {
  const notice = flash?.notice === undefined ? undefined : NOTICES[flash.notice]
  if (notice !== undefined) return html`<p class="message good" role="status">${notice}</p>`
  if (flash?.problem === undefined) return html``
  const text = flash.problem.code === 'validation_failed' ? 'Please correct what is marked.' : flash.problem.detail
  const loose = flash.problem.errors.filter(({ pointer }) => pointer === '#')
  return html`<p class="message bad" role="alert">${PLAIN[flash.problem.code] ?? text}</p>
${loose.map(({ detail }) => html`<p class="error">${detail}</p>`)}`
}

/** Texts of refusals that users see often, in everyday words. */
const PLAIN: Readonly<Record<string, string>> = {
  invalid_credentials: 'Email and password do not match. Please try again.',
  email_not_verified: 'Open the link in the email that we have just sent you, then log in.',
  token_invalid: 'This link no longer works. Please ask for a new one.',
  proof_required: 'Confirm that the account is yours.',
  reauthentication_required: 'Please type your password again first.',
  email_taken: 'An account with this email address exists. Log in instead?',
  unauthenticated: 'Please log in.',
  overloaded: 'The service is very busy. Please try again in a moment.',
  unavailable: 'The service is not available right now. Please try again in a moment.',
  internal_error: 'Something went wrong on our side. Please try again.',
}

/** Renders a labelled input with its errors. A password is never filled in. */
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

/** Renders a time for people, to the minute. */
export function timeElement(time: string): Html {
  return html`<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>`
}

/** Renders the hidden field with the URL to open after the form. */
export function nextField(next: string | null): Html {
  return next === null ? html`` : html`<input type="hidden" name="next" value="${next}">`
}

const NO_TOKEN = html`<p>This link is incomplete. Open it from the email again, or copy all of it.</p>`

/** Renders the hidden field with the token of an emailed link. */
export function tokenField(token: string): Html {
  return html`<input type="hidden" name="token" value="${token}">`
}

/** Renders the content of a page that an emailed link opens, or says that the link is incomplete. */
export function withToken(token: string, flash: Flash | null, content: Html): Html {
  return html`${message(flash)}${token === '' ? NO_TOKEN : content}`
}

/** Renders the button that confirms the action of an emailed link. */
export function confirmationForm(action: string, token: string, label: string): Html {
  return html`
<form method="post" action="${action}">
${tokenField(token)}
<button type="submit" class="main">${label}</button>
</form>`
}

/** Renders the form that asks for the password before a dangerous action. */
export function reauthenticationForm(basePath: string, title: string, flash: Flash | null): Html {
  return html`<h2>${title}</h2>
<form method="post" action="${basePath}/reauthenticate">
${field({ name: 'password', label: 'Type your password again first', type: 'password', autocomplete: 'current-password' }, flash)}
<button type="submit" class="main">Continue</button>
</form>`
}

/** Appends the URL to open after the form to a path. */
export function withNext(path: string, next: string | null): string {
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`
}
