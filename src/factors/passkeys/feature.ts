import { REGISTRANT_PURPOSE } from '../../accounts/registrant-cookie.ts'
import type { VerifyEmailMode } from '../../accounts/request-verification.ts'
import type { Core } from '../../core.ts'
import { createSealer } from '../../crypto/sealed-text.ts'
import type { Feature } from '../../kernel/feature.ts'
import type { FirstProofs } from '../../kernel/first-proofs.ts'
import { inBatches } from '../../kernel/in-batches.ts'
import type { SecondFactors } from '../../kernel/login-step.ts'
import { Warning } from '../../kernel/warning.ts'
import type { Registration } from '../../registration/settings.ts'
import type { SessionMemory } from '../../sessions/session-memory.ts'
import { passkeyFormRoutes } from './form-routes.ts'
import { passkeyLoginRoutes, passkeyRegisterRoutes } from './login-routes.ts'
import { passkeyPages, passkeyRegisterWays, passkeySection, passkeyWays } from './passkey-pages.ts'
import { relatedOriginRoutes } from './related-origin-routes.ts'
import { createRelyingParty } from './relying-party.ts'
import { passkeyRoutes } from './routes.ts'
import { findWebAuthnProblem } from './webauthn-library.ts'

/** Settings and services of passkeys. */
export interface PasskeysOptions {
  /** The setting `passkeys.rpId`. */
  readonly rpId?: string | undefined
  /** The name of the service, which authenticators show. */
  readonly siteName: string
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly secondFactors: SecondFactors
  /** The ways to log in; one of them must stay when a passkey is removed. */
  readonly proofs: FirstProofs
  readonly memory: SessionMemory
}

/**
 * Returns true if users may use passkeys. If only the package is missing or too old, it reports that in one line.
 * @param isWanted the setting `factors.passkeys`.
 */
export function offersPasskeys(isWanted: boolean, report: Core['report']): boolean {
  const problem = isWanted ? findWebAuthnProblem() : null
  if (problem === null) return isWanted
  report(
    new Warning(
      `Passkeys are off, because ${problem}. Run: npm install @simplewebauthn/server. Or set factors: { passkeys: false }.`,
    ),
  )
  return false
}

/** Creates the feature of passkeys: register, log in, confirm an identity, and manage them. */
export function passkeys(core: Core, { rpId, siteName, memory, ...options }: PasskeysOptions): Feature {
  const rp = createRelyingParty(core.origins, siteName, rpId)
  const registrantSealer = createSealer(core.secrets, REGISTRANT_PURPOSE)
  const deps = { ...core, ...core.stores, ...memory, ...options, rp, registrantSealer }
  return {
    name: 'passkeys',
    routes: [
      ...passkeyLoginRoutes(deps),
      ...(options.registration === 'closed' ? [] : passkeyRegisterRoutes(deps)),
      ...passkeyRoutes(deps),
      ...passkeyFormRoutes(deps),
      ...relatedOriginRoutes(rp),
    ],
    loginWays: passkeyWays(deps),
    registerWays: options.registration === 'closed' ? [] : passkeyRegisterWays(deps),
    securitySections: [passkeySection(deps)],
    accountPages: passkeyPages(deps),
    jobs: [
      {
        name: 'sweep expired challenges of passkeys',
        every: 'sweep',
        run: () => inBatches((limit) => deps.passkeys.sweepChallenges(core.clock(), limit)),
      },
    ],
  }
}
