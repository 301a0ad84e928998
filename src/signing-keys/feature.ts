import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import type { KeyRing } from './key-ring.ts'
import { createServerSideSigningKeys, type ServerSideSigningKeys } from './server-side-signing-keys.ts'

/** Creates the feature that rotates keys. */
export function signingKeys(
  core: Core,
  options: { readonly ring: KeyRing; readonly overlapMs: number },
): Feature & { readonly api: ServerSideSigningKeys } {
  const api = createServerSideSigningKeys({ ...core, ...core.stores, ...options }, core.stamp)
  return { name: 'signing_keys', words: [], routes: [], api }
}
