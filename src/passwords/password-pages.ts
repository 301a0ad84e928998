import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, Html } from '../kernel/feature.ts'
import type { Route } from '../kernel/route.ts'
import { type LinkPage, linkPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import { field, message, tokenField, withToken } from '../pages/parts.ts'

/** Routes of the pages that request a reset email and set a new password. */
export function passwordResetPages(pages: Pages, minLength: number): Route[] {
  return [
    linkPage(pages, { path: '/password/forgot', title: 'Forgot your password?', content: forgotPage }),
    linkPage(pages, {
      path: '/password/reset',
      title: 'Set a new password',
      content: (page) => resetPage(page, minLength),
    }),
  ]
}

/** Returns the form on the account page that changes the password. */
export function passwordAccountPage({ basePath }: Pages, minLength: number): AccountPage {
  return { place: 'middle', render: async (request) => changeForm(basePath, request, minLength) }
}

function forgotPage({ basePath, flash }: LinkPage): Html {
  return html`${message(flash)}
<p>We email you a link to set a new one.</p>
<form method="post" action="${basePath}/password/forgot">
${field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'username' }, flash)}
<button type="submit" class="main">Email me a link</button>
</form>
<p><a href="${basePath}/login">Back to the login</a></p>`
}

function resetPage({ basePath, flash, token }: LinkPage, minLength: number): Html {
  const hint = `At least ${minLength} characters. All sessions are logged out.`
  const form = html`
<form method="post" action="${basePath}/password/reset">
${tokenField(token)}
${field({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint }, flash)}
<button type="submit" class="main">Set password</button>
</form>
<p><a href="${basePath}/password/forgot">Ask for a new link</a></p>`
  return withToken(token, flash, form)
}

function changeForm(basePath: string, { principal: { user }, flash }: AccountPageRequest, minLength: number): Html {
  const hint = `At least ${minLength} characters. All other sessions are logged out.`
  return html`<h2>Change password</h2>
<form method="post" action="${basePath}/password/change">
<input type="text" hidden autocomplete="username" value="${user.email}">
${field({ name: 'currentPassword', label: 'Current password', type: 'password', autocomplete: 'current-password' }, flash)}
${field({ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password', hint }, flash)}
<button type="submit" class="main">Change password</button>
</form>`
}
