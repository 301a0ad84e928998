import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import type { VerifyEmailMode } from './request-verification.ts'

/** Verification of email addresses. */
export interface VerificationSettings {
  /**
   * When email addresses must be verified: before the first login (`required`; registration then never reveals which
   * addresses have accounts), if the user wants to (`optional`), or never (`off`). Default `optional`.
   */
  readonly verifyEmail: VerifyEmailMode
}

/** The settings of verification. */
export const verificationSettings: Settings<VerificationSettings> = defineSettings<VerificationSettings>(
  null,
  {
    verifyEmail: {
      meaning: 'whether email addresses are verified: `required` (before the first login), `optional`, `off`',
      default: 'optional',
      schema: z.enum(['required', 'optional', 'off'], 'must be required, optional or off'),
      variable: { name: 'LATCHKEY_VERIFY_EMAIL' },
    },
  },
  ({ verifyEmail }, { hasMailer, isDevelopment }) =>
    verifyEmail === 'required' && !hasMailer && !isDevelopment
      ? 'verifyEmail "required" needs a mailer, and SMTP_URL for the server: without one no user can verify an address'
      : null,
)
