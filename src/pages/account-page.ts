import { html } from 'hono/html'
import type { User } from '../kernel/principal.ts'
import type { AccessTokenJson, SessionJson, UserEventJson } from '../kernel/wire.ts'
import { accessTokenList } from './access-token-list.ts'
import { eventList } from './event-list.ts'
import type { Flash } from './flash.ts'
import type { Html } from './page.ts'
import { field, message, timeElement } from './parts.ts'

/** What the account page shows. */
export interface AccountPage {
  readonly basePath: string
  readonly flash: Flash | null
  readonly user: User
  readonly sessions: readonly SessionJson[]
  readonly tokens: readonly AccessTokenJson[]
  readonly events: readonly UserEventJson[]
  readonly minPasswordLength: number
  readonly sendsMail: boolean
  /** Whether the last proof of identity is recent enough for what is dangerous. */
  readonly isFresh: boolean
}

/** The account: who one is, where one is logged in, what acts for one, the password, the way out. */
export function accountPage(page: AccountPage): Html {
  const { basePath, flash, user, sessions, minPasswordLength, sendsMail, isFresh, tokens, events } = page
  return html`${message(flash)}
<p>${user.name === null ? '' : html`<strong>${user.name}</strong><br>`}${user.email}</p>
${sendsMail && !user.emailVerified ? verificationForm(basePath) : ''}
<form method="post" action="${basePath}/logout"><button type="submit" class="quiet">Log out</button></form>
<h2>Where you are logged in</h2>
<ul class="sessions">${sessions.map((session) => sessionItem(basePath, session))}</ul>
${
  sessions.length < 2
    ? ''
    : html`<form method="post" action="${basePath}/account/end-other-sessions"><button type="submit" class="quiet">End all other sessions</button></form>`
}
${accessTokenList(basePath, tokens)}
<h2>Change password</h2>
<form method="post" action="${basePath}/password/change">
<input type="text" hidden autocomplete="username" value="${user.email}">
${field({ name: 'currentPassword', label: 'Current password', type: 'password', autocomplete: 'current-password' }, flash)}
${field({ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password', hint: `At least ${minPasswordLength} characters. All other sessions end.` }, flash)}
<button type="submit" class="main">Change password</button>
</form>
${isFresh ? dangerousForms(page) : reauthenticationForm(page)}
${eventList(events)}
<h2>Your data</h2>
<p><a href="${basePath}/user/export" download>Download all that we hold about you</a></p>`
}

function verificationForm(basePath: string): Html {
  return html`<form method="post" action="${basePath}/email/verify/request"><p class="soft">This address is not verified. <button type="submit" class="quiet">Mail me a link</button></p></form>`
}

/** What takes a fresh session. */
function dangerousForms({ basePath, flash, sendsMail }: AccountPage): Html {
  return html`${
    sendsMail
      ? html`<h2>Change email</h2>
<form method="post" action="${basePath}/email/change">
${field({ name: 'email', label: 'New email', type: 'email', autocomplete: 'email', hint: 'We mail a link to it. Nothing changes until you open it.' }, flash)}
<button type="submit" class="main">Change email</button>
</form>`
      : ''
  }
<h2>Delete account</h2>
<form method="post" action="${basePath}/account/delete"><p>Everything that belongs to it goes with it, at once and for good.</p>
<button type="submit" class="quiet">Delete my account</button></form>`
}

function reauthenticationForm({ basePath, flash }: AccountPage): Html {
  return html`<h2>Change email, delete account</h2>
<form method="post" action="${basePath}/reauthenticate">
${field({ name: 'password', label: 'Type your password again first', type: 'password', autocomplete: 'current-password' }, flash)}
<button type="submit" class="main">Go on</button>
</form>`
}

function sessionItem(basePath: string, { id, current, device, lastSeenAt }: SessionJson): Html {
  return html`<li><span><strong>${device.label}</strong>${current ? ' · this device' : ''}<br>
<span class="soft">${device.ip ?? 'unknown address'} · last seen ${timeElement(lastSeenAt)}</span></span>
${
  current
    ? ''
    : html`<form method="post" action="${basePath}/account/end-session"><input type="hidden" name="id" value="${id}"><button type="submit" class="quiet" aria-label="End the session on ${device.label}">End</button></form>`
}</li>`
}
