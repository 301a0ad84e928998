import { html } from 'hono/html'
import type { UserEventJson } from '../accounts/user-events.ts'
import type { User } from '../kernel/principal.ts'
import type { SessionJson } from '../sessions/session-json.ts'
import { eventList } from './event-list.ts'
import type { Flash } from './flash.ts'
import type { Html } from './page.ts'
import { field, message } from './parts.ts'

/** What the account page shows. */
export interface AccountPage {
  readonly basePath: string
  readonly flash: Flash | null
  readonly user: User
  readonly sessions: readonly SessionJson[]
  readonly events: readonly UserEventJson[]
  readonly minPasswordLength: number
}

/** The account: who one is, where one is logged in, the password, the way out. */
export function accountPage({ basePath, flash, user, sessions, events, minPasswordLength }: AccountPage): Html {
  return html`${message(flash)}
<p>${user.name === null ? '' : html`<strong>${user.name}</strong><br>`}${user.email}</p>
<form method="post" action="${basePath}/logout"><button type="submit" class="quiet">Log out</button></form>
<h2>Where you are logged in</h2>
<ul class="sessions">${sessions.map((session) => sessionItem(basePath, session))}</ul>
${
  sessions.length < 2
    ? ''
    : html`<form method="post" action="${basePath}/account/end-other-sessions"><button type="submit" class="quiet">End all other sessions</button></form>`
}
<h2>Change password</h2>
<form method="post" action="${basePath}/password/change">
<input type="text" hidden autocomplete="username" value="${user.email}">
${field({ name: 'currentPassword', label: 'Current password', type: 'password', autocomplete: 'current-password' }, flash)}
${field({ name: 'newPassword', label: 'New password', type: 'password', autocomplete: 'new-password', hint: `At least ${minPasswordLength} characters. All other sessions end.` }, flash)}
<button type="submit" class="main">Change password</button>
</form>
${eventList(events)}`
}

function sessionItem(basePath: string, { id, current, device, lastSeenAt }: SessionJson): Html {
  const seen = `${lastSeenAt.slice(0, 16).replace('T', ' ')} UTC`
  return html`<li><span><strong>${device.label}</strong>${current ? ' · this device' : ''}<br>
<span class="soft">${device.ip ?? 'unknown address'} · last seen <time datetime="${lastSeenAt}">${seen}</time></span></span>
${
  current
    ? ''
    : html`<form method="post" action="${basePath}/account/end-session"><input type="hidden" name="id" value="${id}"><button type="submit" class="quiet" aria-label="End the session on ${device.label}">End</button></form>`
}</li>`
}
