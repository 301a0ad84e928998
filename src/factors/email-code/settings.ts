import { z } from 'zod'
import { defineSettings, type Settings } from '../../kernel/settings.ts'

/** Whether a person can log in with a code from an email, and whether that also creates accounts. */
export type EmailLoginMode = 'off' | 'on' | 'register'

/** Logging in with a code or a link from an email. */
export interface EmailLoginSettings {
  /**
   * Whether a code or a link from an email logs a person in: never (`off`), people with an account (`on`), or anyone, and a new address
   * gets an account (`register`). Default `off`.
   */
  readonly emailLogin: EmailLoginMode
}

/** The settings of the login by email. */
export const emailLoginSettings: Settings<EmailLoginSettings> = defineSettings<EmailLoginSettings>(
  null,
  {
    emailLogin: {
      meaning:
        'whether a [code or link from an email](email-login.md) logs a person in: `off`, `on`, or `register` (a new address gets an account)',
      default: 'off',
      schema: z.enum(['off', 'on', 'register'], 'must be off, on or register'),
      variable: { name: 'LATCHKEY_EMAIL_LOGIN' },
    },
  },
  ({ emailLogin }, context) => {
    if (emailLogin === 'register' && !context.isRegistrationOpen)
      return 'emailLogin "register" gives every address an account, but registration is not open: use emailLogin "on"'
    return emailLogin !== 'off' && !context.hasMailer && !context.isDevelopment
      ? `emailLogin "${emailLogin}" needs a mailer, and SMTP_URL for the server: without one no code can be sent`
      : null
  },
)
