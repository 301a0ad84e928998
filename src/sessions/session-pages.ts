import { html } from 'hono/html'
import type { Clock } from '../kernel/clock.ts'
import type { AccountPage, Html } from '../kernel/feature.ts'
import type { Pages } from '../pages/pages.ts'
import { timeElement } from '../pages/parts.ts'
import { toSessionJson } from './session-json.ts'
import type { SessionStore } from './store.ts'
import type { SessionJson } from './wire.ts'

/** Returns the sessions part of the account page: log out here, and log out other sessions. */
export function sessionAccountPage(
  { basePath }: Pages,
  { sessions, clock }: { readonly sessions: SessionStore; readonly clock: Clock },
): AccountPage {
  return {
    place: 'middle',
    async render({ principal: { user, session } }) {
      const listed = await sessions.listByUser(user.id, clock())
      return sessionList(
        basePath,
        listed.map((each) => toSessionJson(each, session.id)),
      )
    },
  }
}

function sessionList(basePath: string, sessions: readonly SessionJson[]): Html {
  return html`<form method="post" action="${basePath}/logout"><button type="submit" class="quiet">Log out</button></form>
<h2>Where you are logged in</h2>
<ul class="sessions">${sessions.map((session) => sessionItem(basePath, session))}</ul>
${sessions.length < 2 ? '' : html`<form method="post" action="${basePath}/account/end-other-sessions"><button type="submit" class="quiet">Log out all other sessions</button></form>`}`
}

function sessionItem(basePath: string, { id, current, device, lastSeenAt }: SessionJson): Html {
  return html`<li><span><strong>${device.label}</strong>${current ? ' · this device' : ''}<br>
<span class="soft">${device.ip ?? 'unknown IP address'} · last seen ${timeElement(lastSeenAt)}</span></span>
${current ? '' : logOutForm(basePath, id, device.label)}</li>`
}

function logOutForm(basePath: string, id: string, label: string): Html {
  return html`<form method="post" action="${basePath}/account/end-session"><input type="hidden" name="id" value="${id}"><button type="submit" class="quiet" aria-label="Log out the session on ${label}">Log out</button></form>`
}
