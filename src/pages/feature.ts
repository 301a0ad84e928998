import type { Feature } from '../kernel/feature.ts'
import { type AccountRouteDeps, accountRoute } from './account-route.ts'

/** Creates the feature of the account page, which shows the sections of all features. */
export function accountPage(options: AccountRouteDeps): Feature {
  return { name: 'pages', routes: [accountRoute(options)] }
}
