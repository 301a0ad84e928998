import type { UseCollector } from '../kernel/use-collector.ts'
import type { IdentityUse } from './store.ts'

/** Collects the last uses of identities, so that a login does not wait for them. */
export type IdentityUses = UseCollector<IdentityUse>
