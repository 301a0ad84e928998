import type { AccessKind, Feature } from '../kernel/feature.ts'
import { accessRoutes } from './routes.ts'

/**
 * Creates the feature that lists everything that opens an account, and revokes it with one call (ASVS 7.5.2).
 * @param kinds the parts of all features, in the order in which they are listed and revoked.
 */
export function access(kinds: readonly AccessKind[]): Feature {
  return { name: 'access', routes: accessRoutes(kinds) }
}
