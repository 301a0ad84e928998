import type { VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Core } from '../core.ts'
import type { Feature, LoginWay, ProofWay } from '../kernel/feature.ts'
import type { SecondFactors, ShownStep } from '../kernel/login-step.ts'
import { entryPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import type { PasswordService } from '../passwords/password-service.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import type { RecoveryLink } from './attempt-page.ts'
import { createLoginChecks } from './checks.ts'
import type { VerifyLegacy } from './legacy-login.ts'
import { loginPage } from './login-page.ts'
import { PROOF_SECTION, reauthenticateRoute } from './reauthenticate-page.ts'
import { loginRoutes } from './routes.ts'
import { sweepLoginAttempts } from './sweep-login-attempts.ts'

/** Settings and services of the login. */
export interface LoginOptions extends PasswordService {
  readonly verifyEmailMode: VerifyEmailMode
  /** Checks the password with an old system; see `LatchkeyOptions.verifyLegacy`. */
  readonly verifyLegacy: VerifyLegacy | undefined
  /** True if anyone may register. */
  readonly offersRegistration: boolean
  /** The other ways to log in of all features. */
  readonly ways: readonly LoginWay[]
  readonly secondFactors: SecondFactors
  /** Steps that begin a login, besides the password. */
  readonly firstSteps: readonly ShownStep[]
  /** The other ways to confirm the identity of a user who is logged in. */
  readonly proofWays: readonly ProofWay[]
  /** Renders the link for users who lost every second factor. Null: recovery is off. */
  readonly recoveryLink: RecoveryLink | null
  readonly memory: SessionMemory
  readonly pages: Pages
}

/** Creates the login feature: log in with a password, and confirm the identity of a user who is logged in. */
export function login(core: Core, { memory, pages, offersRegistration, ways, ...options }: LoginOptions): Feature {
  const services = { ...core, ...core.stores, ...memory, ...options }
  const offers = {
    passwordReset: !core.outbox.isOff,
    registration: offersRegistration,
    ways: ways.toSorted((left, right) => left.place - right.place),
    rememberMs: memory.sessionSettings.rememberedAbsoluteMs,
  }
  return {
    name: 'login',
    words: ['login', 'reauthenticate'],
    routes: [
      ...loginRoutes({ ...services, pages, checks: createLoginChecks(services) }),
      entryPage(pages, { path: '/login', summary: 'log in', content: (page) => loginPage(page, offers) }),
      reauthenticateRoute(pages, { ...core.stores, ...options }),
    ],
    securitySections: [PROOF_SECTION],
    jobs: [{ name: 'sweep expired login attempts', every: 'sweep', run: () => sweepLoginAttempts(services) }],
  }
}
