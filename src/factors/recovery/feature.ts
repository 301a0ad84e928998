import type { Core } from '../../core.ts'
import type { Feature } from '../../kernel/feature.ts'
import { inBatches } from '../../kernel/in-batches.ts'
import type { SecondFactors } from '../../kernel/login-step.ts'
import type { RecoveryLink } from '../../login/attempt-page.ts'
import type { Pages } from '../../pages/pages.ts'
import type { SessionMemory } from '../../sessions/session-memory.ts'
import { createServerSideFactors, type ServerSideFactors } from '../server-side-factors.ts'
import { carryOutRemovals } from './carry-out-removals.ts'
import { recoveryJsonSchema, toRecoveryJson } from './recovery-json.ts'
import { recoveryLink, recoveryPage, recoverySection } from './recovery-pages.ts'
import { recoverRoute, recoveryRoutes } from './routes.ts'

/** Settings and services of the recovery. */
export interface RecoveryOptions {
  /** True if a login without its second factors can ask for a recovery. */
  readonly recovery: boolean
  readonly secondFactors: SecondFactors
  readonly memory: SessionMemory
  readonly pages: Pages
}

/** The recovery, and the calls for administrators. */
export interface RecoveryFeature extends Feature {
  readonly api: ServerSideFactors
  /** Renders the link on the page of an open step; null if recovery is off. */
  readonly recoveryLink: RecoveryLink | null
}

/**
 * Creates the recovery of accounts without their second factors. A recovery without notices would be a way around the factors, so it is off
 * if the service sends no email.
 */
export function recovery(core: Core, { memory, ...options }: RecoveryOptions): RecoveryFeature {
  const deps = { ...core, ...core.stores, ...memory, ...options }
  const isOn = options.recovery && options.secondFactors.steps.length > 0 && !core.outbox.isOff
  return {
    name: 'recovery',
    words: isOn ? ['recovery'] : [],
    routes: [...(isOn ? [recoverRoute(deps), recoveryPage(deps)] : []), ...recoveryRoutes(deps)],
    securitySections: [recoverySection(core.stores)],
    exports: {
      shape: { recovery: recoveryJsonSchema.nullable() },
      collect: async (user) => ({
        recovery: toRecoveryJson(await core.stores.factorRemovals.list(user, core.clock())),
      }),
    },
    jobs: [
      { name: 'remove factors whose wait is over', every: 'sweep', run: () => carryOutRemovals(deps, core.stamp) },
      {
        name: 'sweep expired recoveries',
        every: 'sweep',
        run: () => inBatches((limit) => core.stores.factorRemovals.sweep(core.clock(), limit)),
      },
    ],
    api: createServerSideFactors(deps, core.stamp),
    recoveryLink: isOn ? recoveryLink : null,
  }
}
