import { html } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { EntryPage } from '../pages/page-route.ts'
import { field, message, nextField, withNext } from '../pages/parts.ts'
import type { Registration } from './register.ts'

/** Settings that the registration page shows. */
export interface RegisterPageSettings {
  readonly registration: Registration
  readonly minLength: number
}

/** Renders the registration form, or the reason why the caller cannot register. */
export function registerPage(page: EntryPage, { registration, minLength }: RegisterPageSettings): Html {
  const { basePath, flash, next, invitation } = page
  if (registration === 'closed') return refusal(page, 'This service does not accept registrations.')
  if (registration === 'invite' && invitation === '') {
    return refusal(page, 'This service accepts registrations by invitation only.')
  }
  const hint = `At least ${minLength} characters. A few unrelated words make a good password.`
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

function refusal({ basePath, flash }: EntryPage, reason: string): Html {
  return html`${message(flash)}<p>${reason}</p><p><a href="${basePath}/login">Log in</a></p>`
}
