import { html } from 'hono/html'
import { DAY_MS } from '../kernel/clock.ts'
import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import type { AccessToken } from '../kernel/principal.ts'
import { buttonLink } from '../pages/components/button.ts'
import { confirm } from '../pages/components/confirm.ts'
import { copyable } from '../pages/components/copyable.ts'
import { empty } from '../pages/components/empty.ts'
import { dotted, type Row, rows, tag } from '../pages/components/row.ts'
import { time } from '../pages/components/time.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { createTokenPage } from './create-token-page.ts'
import { listAccessTokens } from './list-access-tokens.ts'
import type { AccessTokenSettings } from './settings.ts'
import type { AccessTokenStore } from './store.ts'
import { TOKEN_TEXTS } from './texts.ts'

/** Dependencies of the pages about access tokens. */
export interface TokenPageDeps {
  readonly accessTokens: AccessTokenStore
  readonly accessTokenSettings: AccessTokenSettings
  /** The scopes of the service. */
  readonly scopes: readonly string[]
}

/** A token that expires sooner than this has its expiry in the colour of a warning. */
const SOON_MS = 10 * DAY_MS

/** Returns the account pages about access tokens: the list, the form for a new one, and the question before one is revoked. */
export function accessTokenPages(deps: TokenPageDeps): readonly AccountPage[] {
  const list = async ({ principal }: AccountPageRequest): Promise<readonly AccessToken[]> =>
    (await listAccessTokens(deps, principal.user.id)).items
  return [
    {
      path: '/tokens',
      navigation: { place: 40, icon: 'key', label: (locale) => locale.texts(TOKEN_TEXTS).title },
      render: async (request) => tokensPage(request, await list(request)),
    },
    { path: '/tokens/new', needsFresh: true, render: async (request) => createTokenPage(request, deps) },
    {
      path: '/tokens/revoke',
      render: async (request) => questionPage(request, await list(request)),
    },
  ]
}

function tokensPage(request: AccountPageRequest, tokens: readonly AccessToken[]): PageParts {
  const { basePath, locale, flash } = request
  const texts = locale.texts(TOKEN_TEXTS)
  const create = buttonLink('plain', `${basePath}/account/tokens/new`, texts.create, { small: true })
  const secret = flash?.secret === undefined ? '' : newSecret(request, flash.secret)
  return {
    title: texts.title,
    lead: texts.lead,
    action: tokens.length === 0 ? undefined : create,
    body: html`${secret}${tokens.length === 0 ? empty('key', texts.empty, create) : rows(tokens.map((token) => tokenRow(request, token)))}`,
  }
}

function newSecret({ locale }: AccountPageRequest, secret: string): Html {
  const texts = locale.texts(TOKEN_TEXTS)
  return html`<section class="card"><h2>${texts.secretTitle}</h2><p class="soft">${texts.secretLead}</p>${copyable({ locale }, secret, texts.secretLabel)}</section>`
}

function tokenRow(request: AccountPageRequest, token: AccessToken): Row {
  const { basePath, locale, now } = request
  const { id, name, scopes, lastFour, lastUsedAt, expiresAt } = token
  const texts = locale.texts(TOKEN_TEXTS)
  const used = lastUsedAt === null ? texts.neverUsed : html`${texts.used} ${time(request, lastUsedAt)}`
  const isDead = expiresAt !== null && expiresAt <= now
  const isSoon = expiresAt !== null && expiresAt < now + SOON_MS
  const until =
    expiresAt === null
      ? texts.neverExpires
      : html`${isDead ? texts.expired : texts.expires} ${time(request, expiresAt)}`
  return {
    icon: 'key',
    isLong: true,
    title: html`${name} <span class="soft">…${lastFour}</span>`,
    sub: html`${scopes.length === 0 ? texts.noScopes : scopes.map((scope) => html`${tag('plain', scope)} `)}<br>${dotted([used, isSoon ? tag('warn', until) : until])}`,
    action: buttonLink('plain', `${basePath}/account/tokens/revoke?id=${id}`, texts.revoke, {
      small: true,
      label: texts.revokeLabel(name),
    }),
  }
}

function questionPage({ basePath, locale, query }: AccountPageRequest, tokens: readonly AccessToken[]): PageParts {
  const texts = locale.texts(TOKEN_TEXTS)
  const { back, cancel } = locale.texts(PAGE_TEXTS)
  const list = `${basePath}/account/tokens`
  const token = tokens.find(({ id }) => id === query.id)
  if (token === undefined) {
    return { title: texts.question, body: empty('key', texts.gone, buttonLink('plain', list, back, { small: true })) }
  }
  return confirm({
    title: texts.question,
    body: texts.questionBody(token.name),
    action: `${basePath}/account/revoke-token`,
    fields: { id: token.id },
    yes: texts.revoke,
    back: list,
    no: cancel,
  })
}
