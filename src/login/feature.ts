import type { LogInReader } from '../accounts/email-routes.ts'
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
import { createLogInReader } from './log-in-reader.ts'
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
  /** The other ways to log in of all features, in their order. */
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

/** The feature of the login, and what the accounts need of it. */
export interface LoginFeature extends Feature {
  readonly logInReader: LogInReader
}

/** Creates the login feature: log in with a password, and confirm the identity of a user who is logged in. */
export function login(core: Core, { memory, pages, offersRegistration, ways, ...options }: LoginOptions): LoginFeature {
  const services = { ...core, ...core.stores, ...memory, ...options }
  const checks = createLoginChecks(services)
  const offers = {
    passwordReset: !core.outbox.isOff,
    registration: offersRegistration,
    ways,
    rememberMs: memory.sessionSettings.rememberedAbsoluteMs,
  }
  return {
    name: 'login',
    words: ['login', 'reauthenticate'],
    routes: [
      ...loginRoutes({ ...services, pages, checks }),
      entryPage(pages, { path: '/login', summary: 'log in', content: (page) => loginPage(page, offers) }),
      reauthenticateRoute(pages, { ...core.stores, ...options }),
    ],
    logInReader: createLogInReader({ ...services, checks }),
    securitySections: [PROOF_SECTION],
    jobs: [{ name: 'sweep expired login attempts', every: 'sweep', run: () => sweepLoginAttempts(services) }],
  }
}
