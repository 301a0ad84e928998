import { html } from 'hono/html'
import type { AccessTokenJson } from '../kernel/wire.ts'
import type { Html } from './page.ts'
import { timeElement } from './parts.ts'

/** The access tokens of an account; nothing while there are none. They are made over HTTP, where the secret is shown. */
export function accessTokenList(basePath: string, tokens: readonly AccessTokenJson[]): Html {
  if (tokens.length === 0) return html``
  return html`<h2>Access tokens</h2>
<p class="soft">Scripts and other machines act for you with these. End what you do not know.</p>
<ul class="sessions">${tokens.map((token) => tokenItem(basePath, token))}</ul>`
}

function tokenItem(basePath: string, { id, name, scopes, lastFour, expiresAt, lastUsedAt }: AccessTokenJson): Html {
  const used = lastUsedAt === null ? 'never used' : html`last used ${timeElement(lastUsedAt)}`
  const until = expiresAt === null ? 'good for ever' : html`good until ${timeElement(expiresAt)}`
  return html`<li><span><strong>${name}</strong> · …${lastFour}<br>
<span class="soft">${scopes.length === 0 ? 'no scopes' : scopes.join(', ')} · ${used} · ${until}</span></span>
<form method="post" action="${basePath}/account/revoke-token"><input type="hidden" name="id" value="${id}"><button type="submit" class="quiet" aria-label="End the access token ${name}">End</button></form></li>`
}
