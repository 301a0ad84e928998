import { html } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { Route } from '../kernel/route.ts'
import { type LinkPage, linkPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import { confirmationForm, field, tokenField, withToken } from '../pages/parts.ts'

/** Routes of the pages that the links in emails about an email address open. */
export function emailPages(pages: Pages, minLength: number): Route[] {
  return [
    linkPage(pages, {
      path: '/email/verify',
      title: 'Verify your email address',
      content: (page) => verifyPage(page, minLength),
    }),
    linkPage(pages, { path: '/email/change/confirm', title: 'Change your email address', content: confirmPage }),
    linkPage(pages, { path: '/email/change/undo', title: 'Undo the change of your email address', content: undoPage }),
  ]
}

/**
 * Renders the verification page. It verifies at once for a user who is logged in; otherwise it asks for the current
 * password or a new one.
 */
function verifyPage(page: LinkPage, minLength: number): Html {
  const { basePath, flash, token, isLoggedIn } = page
  const asksForProof = !isLoggedIn || flash?.problem?.code === 'proof_required'
  const form = asksForProof
    ? proofForms(page, minLength)
    : confirmationForm(`${basePath}/email/verify`, token, 'Verify my email address')
  return withToken(token, flash, form)
}

function proofForms({ basePath, flash, token }: LinkPage, minLength: number): Html {
  const hint = `At least ${minLength} characters. All sessions are logged out.`
  return html`
<form method="post" action="${basePath}/email/verify">
${tokenField(token)}
${field({ name: 'password', label: 'Password of the account', type: 'password', autocomplete: 'current-password' }, flash)}
<button type="submit" class="main">Verify my email address</button>
</form>
<h2>Not your password?</h2>
<p>If another person created this account with your email address, set a password of your own: it locks them out.</p>
<form method="post" action="${basePath}/email/verify">
${tokenField(token)}
${field({ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password', hint }, flash)}
<button type="submit" class="main">Set password and verify</button>
</form>`
}

/** Renders the page that changes the address. It asks for the password, except of a user who is logged in. */
function confirmPage({ basePath, flash, token, isLoggedIn }: LinkPage): Html {
  const action = `${basePath}/email/change/confirm`
  const asksForProof = !isLoggedIn || flash?.problem !== undefined
  const form = asksForProof
    ? html`
<form method="post" action="${action}">
${tokenField(token)}
${field({ name: 'password', label: 'Password of the account', type: 'password', autocomplete: 'current-password' }, flash)}
<button type="submit" class="main">Use this email address</button>
</form>`
    : confirmationForm(action, token, 'Use this email address')
  return withToken(token, flash, form)
}

function undoPage({ basePath, flash, token }: LinkPage): Html {
  const form = html`<p>This undoes or stops the change. All sessions of the account are logged out. If this address was verified, the password must be set again, and we email you a link for it.</p>
${confirmationForm(`${basePath}/email/change/undo`, token, 'Undo the change')}`
  return withToken(token, flash, form)
}
