import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, SecuritySection } from '../kernel/feature.ts'
import type { Identity } from '../kernel/identity.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { confirm } from '../pages/components/confirm.ts'
import { empty } from '../pages/components/empty.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { dotted, type Row, rows } from '../pages/components/row.ts'
import { time } from '../pages/components/time.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import type { ShowIdentityDeps } from './identity-json.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'
import { PROVIDER_TEXTS } from './texts.ts'

const UNLINK_PAGE = '/security/unlink'

/** Dependencies of `identitySection`. */
export interface IdentitySectionDeps extends ShowIdentityDeps {
  readonly identities: IdentityStore
}

/** Returns the section of the security page about providers. Without providers and identities there is none. */
export function identitySection(deps: IdentitySectionDeps): SecuritySection {
  return {
    place: 40,
    async render(request) {
      const identities = await deps.identities.list(request.principal.user.id)
      if (deps.providers.all.length === 0 && identities.length === 0) return null
      const texts = request.locale.texts(PROVIDER_TEXTS)
      return html`<section class="card"><div class="card-head"><span class="badge">${icon('link')}</span><div><h2>${texts.section}</h2>
<p class="sub">${identities.length === 0 ? texts.none : texts.sectionLead}</p></div></div>
${identities.length === 0 ? '' : rows(identities.map((identity) => identityRow(deps, request, identity)))}
${linkButtons(deps, request, identities)}</section>`
    },
  }
}

function identityRow(
  { providers, identityUses }: IdentitySectionDeps,
  request: AccountPageRequest,
  { id, provider, email, createdAt, lastUsedAt }: Identity,
): Row {
  const { basePath, locale } = request
  const texts = locale.texts(PROVIDER_TEXTS)
  const name = providerName(providers, provider)
  const page = withQuery(`${basePath}/account${UNLINK_PAGE}`, { id })
  const usedAt = identityUses.latest(id)?.lastUsedAt ?? lastUsedAt ?? createdAt
  return {
    icon: 'link',
    title: name,
    sub: dotted([email ?? '', html`${texts.lastUsed} ${time(request, usedAt)}`].filter((part) => part !== '')),
    action: buttonLink('plain', page, texts.unlink, { small: true, label: texts.unlinkLabel(name) }),
  }
}

/** Returns the account page that asks before an identity is unlinked. */
export function unlinkPage({
  identities,
  providers,
}: Pick<IdentitySectionDeps, 'identities' | 'providers'>): AccountPage {
  return {
    path: UNLINK_PAGE,
    needsFresh: true,
    async render(request) {
      const own = await identities.list(request.principal.user.id)
      const identity = own.find(({ id }) => id === request.query.id)
      return identity === undefined
        ? gonePage(request)
        : questionPage(request, providerName(providers, identity.provider))
    },
  }
}

function gonePage({ basePath, locale }: AccountPageRequest): PageParts {
  const back = buttonLink('plain', `${basePath}/account/security`, locale.texts(PAGE_TEXTS).back, { small: true })
  const { section, none } = locale.texts(PROVIDER_TEXTS)
  return { title: section, body: empty('link', none, back) }
}

function questionPage({ basePath, locale, query }: AccountPageRequest, name: string): PageParts {
  const texts = locale.texts(PROVIDER_TEXTS)
  return confirm({
    title: texts.unlinkQuestion(name),
    body: texts.unlinkLead(name),
    action: `${basePath}/account/unlink-identity`,
    fields: { id: query.id ?? '' },
    yes: texts.unlink,
    back: `${basePath}/account/security`,
    no: locale.texts(PAGE_TEXTS).cancel,
  })
}

/** A provider can be linked more than once, with another account there. The button is for those that are not linked yet. */
function linkButtons(
  { providers }: IdentitySectionDeps,
  { basePath, locale }: AccountPageRequest,
  identities: readonly Identity[],
): Html {
  const others = providers.all.filter(({ id }) => !identities.some(({ provider }) => provider === id))
  if (others.length === 0) return html``
  const texts = locale.texts(PROVIDER_TEXTS)
  return html`<div class="buttons">${others.map((provider) =>
    form(`${basePath}/identities/${provider.id}`, button('plain', texts.link(provider.name), { small: true })),
  )}</div>`
}
