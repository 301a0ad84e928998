import type { Core } from '../../core.ts'
import type { Feature } from '../../kernel/feature.ts'
import type { SecondFactors, ShownStep } from '../../kernel/login-step.ts'
import { LOGIN_TEXTS } from '../../login/texts.ts'
import type { Pages } from '../../pages/pages.ts'
import type { SessionMemory } from '../../sessions/session-memory.ts'
import { EMAIL_WAY, emailLoginPage } from './email-code-pages.ts'
import { createEmailSecrets } from './email-secret.ts'
import { emailStep } from './email-step.ts'
import { emailLoginRoutes, emailProofRoutes } from './routes.ts'
import type { EmailLoginSettings } from './settings.ts'

/** Settings and services of the login by email. */
export interface EmailCodeOptions extends EmailLoginSettings {
  readonly secondFactors: SecondFactors
  readonly memory: SessionMemory
  readonly pages: Pages
}

/** The feature of the login by email, and its step for the pages of the login. */
export interface EmailCodeFeature extends Feature {
  readonly firstSteps: readonly ShownStep[]
}

/** Creates the login by email: a code or a link as the first proof. It is never a second factor. */
export function emailCode(core: Core, { memory, pages, ...options }: EmailCodeOptions): EmailCodeFeature {
  const name = 'email-login'
  if (options.emailLogin === 'off' || core.outbox.isOff) return { name, words: [], routes: [], firstSteps: [] }
  const rememberMs = memory.sessionSettings.rememberedAbsoluteMs
  const deps = {
    ...core,
    ...core.stores,
    ...memory,
    ...options,
    pages,
    emailSecrets: createEmailSecrets(core.secrets),
    rememberLabel: ({ locale }: Parameters<typeof EMAIL_WAY.render>[0]) =>
      locale.texts(LOGIN_TEXTS).remember(locale.duration(rememberMs)),
  }
  return {
    name,
    routes: [...emailLoginRoutes(deps), ...emailProofRoutes(deps), emailLoginPage(deps)],
    loginWays: [EMAIL_WAY],
    firstSteps: [emailStep(options.emailLogin)],
  }
}
