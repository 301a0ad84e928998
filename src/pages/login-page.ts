import { html } from 'hono/html'
import type { Flash } from './flash.ts'
import type { Html } from './page.ts'
import { field, message, nextField } from './parts.ts'

/** What the pages for people who are not logged in show. */
export interface EntryPage {
  readonly basePath: string
  readonly flash: Flash | null
  readonly next: string | null
  readonly registration: 'open' | 'invite' | 'closed'
  readonly minPasswordLength: number
  /** Whether this service sends mail. */
  readonly sendsMail: boolean
  /** Of the link that led here; empty when there is none. */
  readonly invitation: string
}

/** The login form. */
export function loginPage({ basePath, flash, next, registration, sendsMail }: EntryPage): Html {
  return html`${message(flash)}
<form method="post" action="${basePath}/login">
${field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username' }, flash)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }, flash)}
<div class="field"><label class="check"><input type="checkbox" name="remember" value="on"> Keep me logged in on this device</label></div>
${nextField(next)}
<button type="submit" class="main">Log in</button>
</form>
${sendsMail ? html`<p><a href="${basePath}/password/forgot">Forgot your password?</a></p>` : ''}
${registration === 'open' ? html`<p>New here? <a href="${withNext(`${basePath}/register`, next)}">Create an account</a></p>` : ''}`
}

/** The registration form. */
export function registerPage(page: EntryPage): Html {
  const { basePath, flash, next, registration, minPasswordLength, invitation } = page
  if (registration === 'closed' || (registration === 'invite' && invitation === '')) {
    const reason = registration === 'closed' ? 'no registrations' : 'registrations by invitation only'
    return html`${message(flash)}<p>This service takes ${reason}.</p><p><a href="${basePath}/login">Log in</a></p>`
  }
  const hint = `At least ${minPasswordLength} characters. A few unrelated words make a good password.`
  return html`${message(flash)}
<form method="post" action="${basePath}/register">
${field({ name: 'name', label: 'Name (optional)', type: 'text', autocomplete: 'name', optional: true }, flash)}
${field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username' }, flash)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint }, flash)}
${nextField(next)}
${invitation === '' ? '' : html`<input type="hidden" name="invitation" value="${invitation}">`}
<button type="submit" class="main">Create account</button>
</form>
<p>Have an account? <a href="${withNext(`${basePath}/login`, next)}">Log in</a></p>`
}

function withNext(path: string, next: string | null): string {
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`
}
