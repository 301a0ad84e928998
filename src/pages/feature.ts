import type { Core } from '../core.ts'
import type { AccountPage, Feature } from '../kernel/feature.ts'
import { accountRoute } from './account-route.ts'
import type { Pages } from './pages.ts'

/** What the account page is made from. */
export interface AccountPageOptions {
  readonly pages: Pages
  /** How long a proof of identity counts as recent, in milliseconds. */
  readonly freshMs: number
  /** The parts of all features, in their order. */
  readonly parts: readonly AccountPage[]
}

/** The account page, which shows the parts of all features. */
export function accountPage({ clock }: Core, options: AccountPageOptions): Feature {
  return { name: 'pages', routes: [accountRoute({ clock, ...options })] }
}
