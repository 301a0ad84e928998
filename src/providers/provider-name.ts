import type { ProviderList } from './provider-list.ts'

/** Returns the name of a provider. If the settings do not have it anymore, returns its id. */
export function providerName({ all }: ProviderList, id: string): string {
  return all.find((provider) => provider.id === id)?.name ?? id
}
