/* The pages that mailed links lead to. Opening one uses nothing up: mail scanners open links too. */
import { html } from 'hono/html'
import type { Flash } from './flash.ts'
import type { Html } from './page.ts'
import { field, message } from './parts.ts'

/** What these pages show. */
export interface LinkPage {
  readonly basePath: string
  readonly flash: Flash | null
  /** Of the link; empty when it has none. */
  readonly token: string
  readonly minPasswordLength: number
  /** Whether somebody is logged in. */
  readonly isLoggedIn: boolean
}

const NO_TOKEN = html`<p>This link is not complete. Open it from the mail again, or copy all of it.</p>`

/** Asks for the address whose password is forgotten. */
export function forgotPasswordPage({ basePath, flash }: LinkPage): Html {
  return html`${message(flash)}
<p>We mail you a link with which you set a new one.</p>
<form method="post" action="${basePath}/password/forgot">
${field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username' }, flash)}
<button type="submit" class="main">Mail me a link</button>
</form>
<p><a href="${basePath}/login">Back to the login</a></p>`
}

/** Asks for the new password. */
export function resetPasswordPage({ basePath, flash, token, minPasswordLength }: LinkPage): Html {
  if (token === '') return html`${message(flash)}${NO_TOKEN}`
  return html`${message(flash)}
<form method="post" action="${basePath}/password/reset">
${tokenField(token)}
${field({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint: `At least ${minPasswordLength} characters. All sessions end.` }, flash)}
<button type="submit" class="main">Set password</button>
</form>
<p><a href="${basePath}/password/forgot">Ask for a new link</a></p>`
}

/** Verifies an address: at once for whoever is logged in, else with the password or a new one. */
export function verifyEmailPage(page: LinkPage): Html {
  const { basePath, flash, token, minPasswordLength, isLoggedIn } = page
  if (token === '') return html`${message(flash)}${NO_TOKEN}`
  const asksForProof = !isLoggedIn || flash?.problem?.code === 'proof_required'
  if (!asksForProof) return confirmation(page, '/email/verify', 'Verify my address')
  return html`${message(flash)}
<form method="post" action="${basePath}/email/verify">
${tokenField(token)}
${field({ name: 'password', label: 'Password of the account', type: 'password', autocomplete: 'current-password' }, flash)}
<button type="submit" class="main">Verify my address</button>
</form>
<h2>Not your password, or none you know?</h2>
<p>If somebody else made this account with your address, set a password of your own: it shuts them out.</p>
<form method="post" action="${basePath}/email/verify">
${tokenField(token)}
${field({ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password', hint: `At least ${minPasswordLength} characters. All sessions end.` }, flash)}
<button type="submit" class="main">Set password and verify</button>
</form>`
}

/** Makes the change of address. */
export function confirmEmailChangePage(page: LinkPage): Html {
  return confirmation(page, '/email/change/confirm', 'Use this address')
}

/** Takes the change of address back. */
export function undoEmailChangePage(page: LinkPage): Html {
  return html`<p>The account gets its old address back. All sessions end, and the password has to be set anew: we mail you a link for it.</p>
${confirmation(page, '/email/change/undo', 'Take the change back')}`
}

function confirmation({ basePath, flash, token }: LinkPage, path: string, label: string): Html {
  if (token === '') return html`${message(flash)}${NO_TOKEN}`
  return html`${message(flash)}
<form method="post" action="${basePath}${path}">
${tokenField(token)}
<button type="submit" class="main">${label}</button>
</form>`
}

function tokenField(token: string): Html {
  return html`<input type="hidden" name="token" value="${token}">`
}
