import { html } from 'hono/html'
import type { AccountPage, Html } from '../kernel/feature.ts'
import type { Pages } from '../pages/pages.ts'
import { timeElement } from '../pages/parts.ts'
import { toAccessTokenJson } from './access-token-json.ts'
import type { AccessTokenStore } from './store.ts'
import type { AccessTokenJson } from './wire.ts'

/**
 * Returns the access tokens part of the account page. It is empty if the user has none. Tokens are created with the JSON
 * route, which shows the secret.
 */
export function accessTokenAccountPage({ basePath }: Pages, accessTokens: AccessTokenStore): AccountPage {
  return {
    place: 'middle',
    async render({ principal }) {
      const tokens = await accessTokens.listByUser(principal.user.id)
      return tokens.length === 0 ? html`` : tokenList(basePath, tokens.map(toAccessTokenJson))
    },
  }
}

function tokenList(basePath: string, tokens: readonly AccessTokenJson[]): Html {
  return html`<h2>Access tokens</h2>
<p class="soft">Scripts and other machines act for you with these. Revoke the ones that you do not know.</p>
<ul class="sessions">${tokens.map((token) => tokenItem(basePath, token))}</ul>`
}

function tokenItem(basePath: string, { id, name, scopes, lastFour, expiresAt, lastUsedAt }: AccessTokenJson): Html {
  const used = lastUsedAt === null ? 'never used' : html`last used ${timeElement(lastUsedAt)}`
  const until = expiresAt === null ? 'never expires' : html`expires ${timeElement(expiresAt)}`
  return html`<li><span><strong>${name}</strong> · …${lastFour}<br>
<span class="soft">${scopes.length === 0 ? 'no scopes' : scopes.join(', ')} · ${used} · ${until}</span></span>
<form method="post" action="${basePath}/account/revoke-token"><input type="hidden" name="id" value="${id}"><button type="submit" class="quiet" aria-label="Revoke the access token ${name}">Revoke</button></form></li>`
}
