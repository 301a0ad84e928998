import type { Clock } from '../kernel/clock.ts'
import { createGuardedFetch, type GuardedFetch } from '../kernel/guarded-fetch.ts'
import { Refusal } from '../kernel/refusal.ts'
import { createGithubProvider } from './github-provider.ts'
import { createOpenidProvider } from './openid-provider.ts'
import { isProvider, type Provider, type ProviderDefinition } from './provider.ts'
import type { ProviderClient } from './provider-client.ts'

/** A provider of the settings, and its client. */
export interface ReadyProvider {
  readonly provider: ProviderDefinition
  readonly client: ProviderClient
}

/** The providers of the settings. */
export interface ProviderList {
  readonly all: readonly ProviderDefinition[]
  /** Returns a provider by its id. Throws `not_found`. */
  require(id: string | undefined): ReadyProvider
}

/** Dependencies of `createProviderList`. */
export interface ProviderListDeps {
  /** URL of all routes: `https://example.com/auth`. */
  readonly authUrl: string
  readonly clock: Clock
  /** Replaces the requests to providers. Default: requests to the public internet. */
  readonly fetchProvider: GuardedFetch | undefined
  readonly report: (error: unknown) => void
}

/** Creates the list of providers. It sends no request and loads no library. */
export function createProviderList(providers: readonly Provider[], deps: ProviderListDeps): ProviderList {
  const all = providers.filter(isProvider) // the settings accept no others
  const ready = new Map(all.map((provider) => [provider.id, { provider, client: createClient(provider, deps) }]))
  return {
    all,
    require(id) {
      const found = ready.get(id ?? '')
      if (found === undefined) throw new Refusal('not_found', { detail: 'There is no such provider.' })
      return found
    },
  }
}

function createClient(provider: ProviderDefinition, deps: ProviderListDeps): ProviderClient {
  const { authUrl, clock, report, fetchProvider = createGuardedFetch(provider) } = deps
  const redirectUri = `${authUrl}/login/with/${provider.id}/callback`
  const create = provider.protocol === 'openid' ? createOpenidProvider : createGithubProvider
  return create(provider, { fetchProvider, clock, redirectUri, report })
}
