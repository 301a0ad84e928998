import { z } from 'zod'
import { mayBeReached } from '../kernel/guarded-fetch.ts'
import { isLocalOrigin, isProduction } from '../kernel/origins.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import { isProvider, type Provider, type ProviderDefinition } from './provider.ts'

/** Providers that users may log in with. */
export interface ProviderSettings {
  /** Created by `google(...)`, `github(...)`, `oidc(...)` and the others of `latchkey/providers`. Default: none. */
  readonly providers: readonly Provider[]
}

/** The table of the settings of providers. */
export const providerSettings: Settings<ProviderSettings> = defineSettings<ProviderSettings>(
  null,
  {
    providers: {
      meaning:
        '[providers](providers.md) that users may log in with: `[google({ clientId, clientSecret })]`; requires the package `openid-client`',
      default: [],
      defaultIs: 'none',
      schema: z.array(
        z.custom<Provider>(
          isProvider,
          'must be a provider such as google({ clientId, clientSecret }) of latchkey/providers',
        ),
      ),
    },
  },
  ({ providers }) => {
    const definitions = providers.filter(isProvider)
    const twin = definitions.find(({ id }, index) => definitions.findIndex((each) => each.id === id) !== index)
    if (twin !== undefined) return `providers: two have the id "${twin.id}"`
    const problems = definitions.flatMap((provider) => findIssuerProblem(provider) ?? [])
    return problems.length === 0 ? null : `providers: ${problems.join('; ')}`
  },
)

/** Returns what is wrong with the issuer of a provider, or null. */
export function findIssuerProblem({ id, issuer, allowPrivate }: ProviderDefinition): string | null {
  const url = new URL(issuer)
  const isPlain = url.protocol !== 'https:'
  if (isPlain && !allowPrivate) return `the issuer of ${id} must be https (for tests, set allowPrivate)`
  if (isPlain && isProduction()) return `the issuer of ${id} must be https in production`
  if (isProduction() && (isLocalOrigin(url) || !mayBeReached(url, { allowPrivate: true }))) {
    return `the issuer of ${id} is this machine, which is not allowed in production`
  }
  if (!allowPrivate && !mayBeReached(url, { allowPrivate })) {
    return `the issuer of ${id} has a private address (if it should, set allowPrivate)`
  }
  return null
}
