import type { VerifyEmailMode } from '../accounts/request-verification.ts'
import type { Core } from '../core.ts'
import type { Feature, LoginWay } from '../kernel/feature.ts'
import type { SecondFactors } from '../kernel/login-step.ts'
import { entryPage } from '../pages/page-route.ts'
import type { Pages } from '../pages/pages.ts'
import type { PasswordService } from '../passwords/password-service.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import { registerPage } from './register-page.ts'
import { registrationRoutes } from './routes.ts'
import type { Registration } from './settings.ts'

/** Settings and services of registration. */
export interface RegistrationOptions extends PasswordService {
  readonly registration: Registration
  readonly verifyEmailMode: VerifyEmailMode
  readonly secondFactors: SecondFactors
  readonly memory: SessionMemory
  readonly pages: Pages
  /** The other ways to log in of all features, in their order. */
  readonly ways: readonly LoginWay[]
  /** Other ways to register that use the fields of the form. */
  readonly formWays: readonly LoginWay[]
}

/** Creates the registration feature: registration by anyone, by invitation, or closed. */
export function registration(core: Core, { memory, pages, ways, ...options }: RegistrationOptions): Feature {
  const deps = { ...core, ...core.stores, ...memory, ...options }
  const pageDeps = { ...deps, minLength: options.policy.minLength, brand: pages.site.brand, ways }
  return {
    name: 'register',
    words: options.registration === 'closed' ? [] : ['register'],
    routes: [
      ...registrationRoutes(deps),
      entryPage(pages, {
        path: '/register',
        summary: 'create an account',
        keepsFlash: true,
        content: (page) => registerPage(page, pageDeps),
      }),
    ],
  }
}
