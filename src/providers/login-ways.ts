import { html } from 'hono/html'
import type { LoginWay, ProofWay } from '../kernel/feature.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { form, withQuery } from '../pages/components/form.ts'
import { markOf } from './marks.ts'
import type { ProviderDefinition } from './provider.ts'
import type { ProviderList } from './provider-list.ts'
import type { IdentityStore } from './store.ts'
import { PROVIDER_TEXTS } from './texts.ts'

/** Places of the buttons: after those of our own ways. */
const PLACE = 50

/** Returns the buttons of the providers on the login page. */
export function loginWays({ all }: ProviderList): readonly LoginWay[] {
  return all.map((provider, index) => ({
    place: PLACE + index,
    registers: 'always',
    render({ basePath, locale, kept }, invitation) {
      const text = locale.texts(PROVIDER_TEXTS).continueWith(provider.name)
      const path = withQuery(`${basePath}/login/with/${provider.id}`, { ...kept, invitation })
      return buttonLink('plain', path, withMark(provider, text))
    },
  }))
}

/**
 * Returns the buttons that confirm the identity with a linked provider. A provider that cannot prove a new login begins a new
 * login instead, whose session is fresh.
 */
export function proofWays({ all }: ProviderList, identities: IdentityStore): readonly ProofWay[] {
  return all.map((provider, index) => ({
    place: PLACE + index,
    async render({ basePath, locale, kept: { next } }, user) {
      const linked = await identities.list(user.id)
      if (!linked.some((identity) => identity.provider === provider.id)) return null
      const text = withMark(provider, locale.texts(PROVIDER_TEXTS).confirmWith(provider.name))
      if (!provider.provesNewLogin) {
        return buttonLink('plain', withQuery(`${basePath}/login/with/${provider.id}`, { next }), text)
      }
      return form(
        withQuery(`${basePath}/reauthenticate/with/${provider.id}`, { next }),
        button('plain', text),
        next === null ? {} : { next },
      )
    },
  }))
}

function withMark(provider: ProviderDefinition, text: string): ReturnType<typeof html> {
  return html`${markOf(provider)}<span>${text}</span>`
}
