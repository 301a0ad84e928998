import type { Core } from '../core.ts'
import type { AccountPage, Feature } from '../kernel/feature.ts'
import { accountRoute } from './account-route.ts'
import type { Pages } from './pages.ts'

/** Options of the account page. */
export interface AccountPageOptions {
  readonly pages: Pages
  /** Time for which a proof of identity counts as recent, in milliseconds. */
  readonly freshMs: number
  /** The account page sections of all features, in their order. */
  readonly parts: readonly AccountPage[]
}

/** Creates the feature of the account page, which shows the sections of all features. */
export function accountPage({ clock }: Core, options: AccountPageOptions): Feature {
  return { name: 'pages', routes: [accountRoute({ clock, ...options })] }
}
