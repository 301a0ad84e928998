import { html } from 'hono/html'
import type { AccountPage, Html } from '../kernel/feature.ts'
import { timeElement } from '../pages/parts.ts'
import { listUserEvents, type UserEventDeps } from './user-events.ts'
import type { UserEventJson } from './wire.ts'

const EVENTS_ON_PAGE = 10

/** Returns the section of the account page that lists the latest events. It is empty if there are none. */
export function eventAccountPage(deps: UserEventDeps): AccountPage {
  return {
    place: 'bottom',
    async render({ principal }) {
      const events = await listUserEvents(deps, principal.user.id, { before: null, limit: EVENTS_ON_PAGE })
      if (events.length === 0) return html``
      return html`<h2>Recent activity</h2>
<ul class="sessions">${events.map((event) => eventItem(event, deps.userEvents[event.type] ?? event.type))}</ul>`
    },
  }
}

function eventItem({ at, device, byYou }: UserEventJson, sentence: string): Html {
  const where = device === null ? '' : ` · ${device.label}, ${device.ip ?? 'unknown IP address'}`
  const who = byYou === false ? ' by the service' : ''
  return html`<li><span>${sentence}${who}<br>
<span class="soft">${timeElement(at)}${where}</span></span></li>`
}
