import { html } from 'hono/html'
import type { Html } from '../kernel/feature.ts'
import type { UserEventJson } from '../kernel/wire.ts'
import { timeElement } from './parts.ts'

/** What happened, in words for people. */
const SENTENCES: Readonly<Record<UserEventJson['type'], string>> = {
  'user.created': 'The account was made',
  'user.renamed': 'The name was changed',
  'user.disabled': 'The account was disabled',
  'user.enabled': 'The account was enabled again',
  'user.exported': 'The data of the account was downloaded',
  'email.verification_requested': 'A mail to confirm the address was ordered',
  'email.verified': 'The address was confirmed',
  'email.change_requested': 'A change of the address was begun',
  'email.changed': 'The address was changed',
  'email.change_undone': 'The change of the address was undone',
  'login.succeeded': 'Logged in',
  'login.refused': 'Somebody tried to log in, and failed',
  'reauthentication.succeeded': 'The password was asked for again, and right',
  'reauthentication.refused': 'The password was asked for again, and wrong',
  'password.changed': 'The password was changed',
  'password.reset_requested': 'A mail to set a new password was ordered',
  'password.reset': 'A new password was set by mail',
  'password.disabled': 'The password was blocked until it is set anew',
  'password.enabled': 'The password was unblocked',
  'session.revoked': 'A session ended',
  'sessions.revoked': 'Several sessions ended',
  'access_token.created': 'Access token made',
  'access_token.revoked': 'Access token revoked',
}

/** The last events of an account; nothing while there are none. */
export function eventList(events: readonly UserEventJson[]): Html {
  if (events.length === 0) return html``
  return html`<h2>What happened lately</h2>
<ul class="sessions">${events.map(eventItem)}</ul>`
}

function eventItem({ type, at, device, byYou }: UserEventJson): Html {
  const where = device === null ? '' : ` · ${device.label}, ${device.ip ?? 'unknown address'}`
  const who = byYou === false ? ' by the service' : ''
  return html`<li><span>${SENTENCES[type]}${who}<br>
<span class="soft">${timeElement(at)}${where}</span></span></li>`
}
