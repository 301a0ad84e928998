import type { Feature } from '../../kernel/feature.ts'
import type { ShownStep } from '../../kernel/login-step.ts'
import type { PageView } from '../../kernel/page-view.ts'
import { LOGIN_TEXTS } from '../../login/texts.ts'
import type { Pages } from '../../pages/pages.ts'
import { emailLoginPage, emailWay } from './email-code-pages.ts'
import { createEmailSecrets } from './email-secret.ts'
import { emailStep } from './email-step-page.ts'
import { type EmailCodeRouteDeps, emailLoginRoutes, emailProofRoutes } from './routes.ts'

/** Settings and services of the login by email. */
export interface EmailCodeOptions extends Omit<EmailCodeRouteDeps, 'emailSecrets'> {
  /** Newest first. */
  readonly secrets: readonly Uint8Array[]
  readonly pages: Pages
}

/** The feature of the login by email, and its step for the pages of the login. */
export interface EmailCodeFeature extends Feature {
  readonly firstSteps: readonly ShownStep[]
}

/** Creates the login by email: a code or a link as the first proof. It is never a second factor. */
export function emailCode(options: EmailCodeOptions): EmailCodeFeature {
  const name = 'email-login'
  if (options.emailLogin === 'off' || options.outbox.isOff) return { name, words: [], routes: [], firstSteps: [] }
  const rememberMs = options.sessionSettings.rememberedAbsoluteMs
  const deps = {
    ...options,
    emailSecrets: createEmailSecrets(options.secrets),
    rememberLabel: ({ locale }: PageView) => locale.texts(LOGIN_TEXTS).remember(locale.duration(rememberMs)),
  }
  return {
    name,
    routes: [...emailLoginRoutes(deps), ...emailProofRoutes(deps), emailLoginPage(deps)],
    loginWays: [emailWay(options.emailLogin)],
    firstSteps: [emailStep(options.emailLogin)],
  }
}
