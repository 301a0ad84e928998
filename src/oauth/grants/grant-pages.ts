import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest } from '../../kernel/feature.ts'
import type { PageParts } from '../../kernel/page-view.ts'
import { buttonLink } from '../../pages/components/button.ts'
import { confirm } from '../../pages/components/confirm.ts'
import { empty } from '../../pages/components/empty.ts'
import { dotted, type Row, rows } from '../../pages/components/row.ts'
import { time } from '../../pages/components/time.ts'
import { PAGE_TEXTS } from '../../pages/texts.ts'
import { meaningOf } from '../consent/question-page.ts'
import type { NamedGrant } from '../store.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { GrantDeps } from './revoke-grant.ts'

/** Returns the account pages about apps: the list, and the question before one is revoked. */
export function grantPages({ oauthGrants }: GrantDeps): readonly AccountPage[] {
  const list = ({ principal }: AccountPageRequest): Promise<readonly NamedGrant[]> =>
    oauthGrants.listByUser(principal.user.id)
  return [
    {
      path: '/apps',
      navigation: { place: 45, icon: 'link', label: (locale) => locale.texts(OAUTH_TEXTS).apps },
      render: async (request) => appsPage(request, await list(request)),
    },
    { path: '/apps/revoke', render: async (request) => questionPage(request, await list(request)) },
  ]
}

function appsPage(request: AccountPageRequest, grants: readonly NamedGrant[]): PageParts {
  const texts = request.locale.texts(OAUTH_TEXTS)
  return {
    title: texts.apps,
    lead: texts.appsLead,
    body: html`${grants.length === 0 ? empty('link', texts.appsEmpty) : rows(grants.map((grant) => appRow(request, grant)))}`,
  }
}

function appRow(request: AccountPageRequest, { id, clientName, scopes, createdAt, lastUsedAt }: NamedGrant): Row {
  const { locale } = request
  const texts = locale.texts(OAUTH_TEXTS)
  const used = lastUsedAt === null ? texts.neverUsed : html`${texts.used} ${time(request, lastUsedAt)}`
  const since = html`${texts.since} ${time(request, createdAt)}`
  return {
    icon: 'link',
    isLong: true,
    title: clientName,
    sub: html`${locale.list(scopes.map((scope) => meaningOf(texts, scope)))}<br>${dotted([since, used])}`,
    action: buttonLink('plain', `${request.basePath}/account/apps/revoke?id=${id}`, texts.revoke, {
      small: true,
      label: texts.revokeLabel(clientName),
    }),
  }
}

function questionPage({ basePath, locale, query }: AccountPageRequest, grants: readonly NamedGrant[]): PageParts {
  const texts = locale.texts(OAUTH_TEXTS)
  const { back, cancel } = locale.texts(PAGE_TEXTS)
  const list = `${basePath}/account/apps`
  const grant = grants.find(({ id }) => id === query.id)
  if (grant === undefined) {
    return { title: texts.question, body: empty('link', texts.gone, buttonLink('plain', list, back, { small: true })) }
  }
  return confirm({
    title: texts.question,
    body: texts.questionBody(grant.clientName),
    action: `${basePath}/account/revoke-app`,
    fields: { id: grant.id },
    yes: texts.revoke,
    back: list,
    no: cancel,
  })
}
