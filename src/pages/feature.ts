import type { AccountPage, Feature, SecuritySection } from '../kernel/feature.ts'
import type { Session } from '../kernel/principal.ts'
import { accountRoutes } from './account-route.ts'
import { brandRoute } from './brand-route.ts'
import type { Pages } from './pages.ts'
import { securityPage } from './security-page.ts'

/** Options of the account pages. */
export interface AccountOptions {
  readonly pages: Pages
  /** Returns true if the session is fresh enough for dangerous actions. */
  readonly isFresh: (session: Session) => Promise<boolean>
  /** The account pages of all features. */
  readonly accountPages: readonly AccountPage[]
  /** The sections of all features on the page *Security*. */
  readonly securitySections: readonly SecuritySection[]
}

/** Creates the feature of the account pages, which frames the pages and sections of all features, and of the brand's files. */
export function accountPagesFeature({ pages, isFresh, accountPages, securitySections }: AccountOptions): Feature {
  const all = [...accountPages, securityPage(securitySections)]
  return {
    name: 'pages',
    routes: [...accountRoutes({ pages, isFresh, accountPages: all }), brandRoute(pages.site.brand)],
  }
}
