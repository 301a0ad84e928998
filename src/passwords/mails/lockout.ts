import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Tells a user that their password was disabled after too many failed logins (NIST SP 800-63B-4 section 3.2.2). */
export interface LockoutMail {
  readonly kind: 'lockout'
  /** Failed logins since the last successful one. */
  readonly failures: number
  /** Opens the page for forgotten passwords. */
  readonly resetLink: string
}

/** Texts of `lockout`. */
export interface LockoutTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string, failures: number) => string
  readonly consequence: string
  readonly button: string
  readonly advice: string
}

/** Template of `lockout`. */
export const LOCKOUT: MailTemplate<LockoutMail, LockoutTexts> = {
  english: {
    subject: (site) => `Your ${site} password was disabled`,
    heading: 'Your password was disabled',
    notice: (site, failures) => `Your account at ${site} had ${quantity(failures, 'failed login')} in a row.`,
    consequence:
      'These may be attempts to guess your password. To protect your account, we disabled the password. ' +
      'Set a new one to log in again.',
    button: 'Set a new password',
    advice: 'If you use the old password elsewhere, change it there too.',
  },
  toLetter: ({ failures, resetLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site, failures), texts.consequence],
    action: { label: texts.button, link: resetLink },
    after: [texts.advice],
  }),
}
