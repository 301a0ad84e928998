import { REGISTRANT_PURPOSE } from '../accounts/registrant-cookie.ts'
import type { VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Core } from '../core.ts'
import { createSealer } from '../crypto/sealed-text.ts'
import type { Feature, ProofWay } from '../kernel/feature.ts'
import type { FirstProofs } from '../kernel/first-proofs.ts'
import type { GuardedFetch } from '../kernel/guarded-fetch.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import { findPackageProblem } from '../kernel/optional-import.ts'
import { createUseCollector } from '../kernel/use-collector.ts'
import { Warning } from '../kernel/warning.ts'
import type { Pages } from '../pages/pages.ts'
import type { Registration } from '../registration/settings.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import { flowRoutes } from './flow-routes.ts'
import { identityAccess } from './identity-access.ts'
import { identityExportSchema, toIdentityJson } from './identity-json.ts'
import { identitySection, unlinkPage } from './identity-section.ts'
import type { IdentityUses } from './identity-uses.ts'
import { loginWays, proofWays } from './login-ways.ts'
import { OPENID_PACKAGE } from './openid-connection.ts'
import type { Provider } from './provider.ts'
import { createProviderList } from './provider-list.ts'
import { providerRoutes } from './routes.ts'

/** Settings and services of the providers. */
export interface ProvidersOptions {
  readonly providers: readonly Provider[]
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly secondFactors: SecondFactors
  /** The ways to log in; one of them must stay when an identity is removed. */
  readonly proofs: FirstProofs
  readonly memory: SessionMemory
  readonly pages: Pages
  /** Replaces the requests to providers, for tests. */
  readonly fetchProvider: GuardedFetch | undefined
}

/** The feature of the providers, and what the page that confirms an identity needs of it. */
export interface ProvidersFeature extends Feature {
  readonly proofWays: readonly ProofWay[]
}

/** Creates the feature of the providers: log in with an account at a provider, and link such accounts. */
export function providers(core: Core, { memory, fetchProvider, ...options }: ProvidersOptions): ProvidersFeature {
  const { stores, clock, links, report } = core
  const list = createProviderList(options.providers, { authUrl: links.authUrl, clock, fetchProvider, report })
  const problem = list.all.length > 0 ? findPackageProblem(OPENID_PACKAGE) : null
  if (problem !== null)
    report(
      new Warning(`No one can log in with a provider, because ${problem}. Run: npm install ${OPENID_PACKAGE.name}.`),
    )
  const identityUses: IdentityUses = createUseCollector(stores.identities.writeUses, report)
  const deps = {
    ...core,
    ...stores,
    ...memory,
    ...options,
    providers: list,
    identityUses,
    flowSealer: createSealer(core.secrets, 'provider flow'),
    registrantSealer: createSealer(core.secrets, REGISTRANT_PURPOSE),
  }
  return {
    name: 'providers',
    words: list.all.length === 0 ? [] : ['providers', ...list.all.map(({ id }) => `provider:${id}`)],
    routes: [...flowRoutes(deps), ...providerRoutes(deps)],
    jobs: [
      {
        name: 'sweep used answers of providers',
        every: 'sweep',
        run: () => inBatches((limit) => stores.identities.sweep(clock(), limit)),
      },
    ],
    exports: {
      shape: { identities: identityExportSchema },
      async collect(user) {
        const identities = await stores.identities.list(user)
        return {
          identities: identities.map((identity) => ({
            ...toIdentityJson(deps, identity),
            issuer: identity.issuer,
            subject: identity.subject,
          })),
        }
      },
    },
    access: identityAccess(deps),
    loginWays: loginWays(list),
    proofWays: proofWays(list, stores.identities),
    securitySections: [identitySection(deps)],
    accountPages: [unlinkPage(deps)],
    async stop() {
      identityUses.stop()
      await identityUses.flush()
    },
  }
}
