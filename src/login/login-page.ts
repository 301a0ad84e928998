import { html } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { EntryPage } from '../pages/page-route.ts'
import { field, message, nextField, withNext } from '../pages/parts.ts'

/** Optional links of the login page. */
export interface LoginOffers {
  /** True shows a link to reset the password; it requires that the service sends email. */
  readonly passwordReset: boolean
  /** True shows a link to register; it requires that anyone may register. */
  readonly registration: boolean
}

/** Renders the login form. */
export function loginPage({ basePath, flash, next }: EntryPage, offers: LoginOffers): Html {
  return html`${message(flash)}
<form method="post" action="${basePath}/login">
${field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username' }, flash)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }, flash)}
<div class="field"><label class="check"><input type="checkbox" name="remember" value="on"> Keep me logged in on this device</label></div>
${nextField(next)}
<button type="submit" class="main">Log in</button>
</form>
${offers.passwordReset ? html`<p><a href="${basePath}/password/forgot">Forgot your password?</a></p>` : ''}
${offers.registration ? html`<p>New here? <a href="${withNext(`${basePath}/register`, next)}">Create an account</a></p>` : ''}`
}
