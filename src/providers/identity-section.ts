import { html } from 'hono/html'
import type { AccountPageRequest, SecuritySection } from '../kernel/feature.ts'
import type { Identity } from '../kernel/identity.ts'
import type { Html } from '../kernel/page-view.ts'
import { button } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import { dotted, type Row, rows } from '../pages/components/row.ts'
import { time } from '../pages/components/time.ts'
import type { ShowIdentityDeps } from './identity-json.ts'
import { markOf } from './marks.ts'
import { providerName } from './provider-name.ts'
import type { IdentityStore } from './store.ts'
import { PROVIDER_TEXTS } from './texts.ts'

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
      return html`<section class="card" aria-labelledby="providers"><div class="card-head"><div><h2 id="providers">${texts.section}</h2>
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
  const unlink = button('plain', texts.unlink, { small: true, label: texts.unlinkLabel(name) })
  const usedAt = identityUses.latest(id)?.lastUsedAt ?? lastUsedAt ?? createdAt
  return {
    icon: 'link',
    title: name,
    sub: dotted([email ?? '', html`${texts.lastUsed} ${time(request, usedAt)}`].filter((part) => part !== '')),
    action: form(`${basePath}/account/unlink-identity`, unlink, { id }),
  }
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
    form(
      `${basePath}/identities/${provider.id}`,
      button('plain', html`${markOf(provider)}<span>${texts.link(provider.name)}</span>`, { small: true }),
    ),
  )}</div>`
}
