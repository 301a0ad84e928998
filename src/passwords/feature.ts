import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import type { LoginStep } from '../kernel/login-step.ts'
import type { Pages } from '../pages/pages.ts'
import type { SessionMemory } from '../sessions/session-memory.ts'
import { passwordPage, passwordSection } from './password-pages.ts'
import type { PasswordService } from './password-service.ts'
import { passwordResetPages } from './reset-pages.ts'
import { passwordResetRoutes, passwordRoutes } from './routes.ts'

/** Services of the passwords feature. */
export interface PasswordOptions extends PasswordService {
  /** The login steps of all features. */
  readonly steps: readonly LoginStep[]
  readonly memory: SessionMemory
  readonly pages: Pages
  /** True: a new password ends what the user allowed apps to do. */
  readonly endsGrants: boolean
}

/** Creates the passwords feature: change a password, and reset it by email. */
export function passwords(core: Core, { memory, pages, ...service }: PasswordOptions): Feature {
  const deps = { ...core, ...core.stores, ...memory, ...service }
  const pageDeps = { ...deps, pages, minLength: service.policy.minLength }
  const sendsEmail = !core.outbox.isOff
  return {
    name: 'passwords',
    words: ['password_change', ...(sendsEmail ? ['password_reset'] : [])],
    routes: [
      ...passwordRoutes(deps),
      ...(sendsEmail ? [...passwordResetRoutes(deps), ...passwordResetPages(pageDeps)] : []),
    ],
    accountPages: [passwordPage(pageDeps)],
    securitySections: [passwordSection(pageDeps)],
  }
}
