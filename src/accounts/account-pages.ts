import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, Html } from '../kernel/feature.ts'
import type { Pages } from '../pages/pages.ts'
import { field, reauthenticationForm } from '../pages/parts.ts'

/** Returns the account's own sections of the account page: email address, change of address, export and deletion. */
export function accountPages({ basePath }: Pages, sendsEmail: boolean): readonly AccountPage[] {
  return [
    { place: 'top', render: async (request) => whoYouAre(basePath, request, sendsEmail) },
    {
      place: 'bottom',
      async render(request) {
        const title = sendsEmail ? 'Change email, delete account' : 'Delete account'
        return request.isFresh
          ? dangerousForms(basePath, request, sendsEmail)
          : reauthenticationForm(basePath, title, request.flash)
      },
    },
    { place: 'bottom', render: async () => exportLink(basePath) },
  ]
}

function whoYouAre(basePath: string, { principal: { user } }: AccountPageRequest, sendsEmail: boolean): Html {
  return html`<p>${user.name === null ? '' : html`<strong>${user.name}</strong><br>`}${user.email}</p>
${sendsEmail && !user.emailVerified ? verificationForm(basePath) : ''}`
}

function verificationForm(basePath: string): Html {
  return html`<form method="post" action="${basePath}/email/verify/request"><p class="soft">This email address is not verified. <button type="submit" class="quiet">Email me a link</button></p></form>`
}

function dangerousForms(basePath: string, { flash }: AccountPageRequest, sendsEmail: boolean): Html {
  return html`${sendsEmail ? changeEmailForm(basePath, flash) : ''}
<h2>Delete account</h2>
<form method="post" action="${basePath}/account/delete"><p>Everything that belongs to the account is deleted with it, at once and permanently.</p>
<button type="submit" class="quiet">Delete my account</button></form>`
}

function changeEmailForm(basePath: string, flash: AccountPageRequest['flash']): Html {
  const hint = 'We email a link to it. Nothing changes until you open it.'
  return html`<h2>Change email</h2>
<form method="post" action="${basePath}/email/change">
${field({ name: 'email', label: 'New email', type: 'email', autocomplete: 'email', hint }, flash)}
<button type="submit" class="main">Change email</button>
</form>`
}

function exportLink(basePath: string): Html {
  return html`<h2>Your data</h2>
<p><a href="${basePath}/user/export" download>Download everything that we store about you</a></p>`
}
