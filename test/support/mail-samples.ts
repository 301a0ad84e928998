import type { MessageContent } from '../../src/mail/messages.ts'

/** A time in samples. */
export const AT: number = Date.UTC(2026, 10, 23, 4, 11, 59)
/** A link as long as ours become, with what wants escaping. */
export const TOKEN_LINK = `https://acme.example/auth/x?token=${'aB3_-'.repeat(20)}&next=%2Faccount`
export const FORGOT_LINK = 'https://acme.example/auth/password/forgot'
export const ACCOUNT_LINK = 'https://acme.example/auth/account'

/** What a mail is about, with the links that it may hold and what else it has to say. */
export interface MailSample {
  readonly content: MessageContent
  readonly links: readonly string[]
  readonly says: readonly string[]
}

const link = TOKEN_LINK

/** One of each kind. */
export const MAIL_SAMPLES: readonly MailSample[] = [
  { content: { kind: 'verify_email', link, hours: 24 }, links: [link], says: ['for 24 hours.'] },
  { content: { kind: 'password_reset', link, minutes: 60 }, links: [link], says: ['for 60 minutes.'] },
  { content: { kind: 'email_change', link, hours: 1 }, links: [link], says: ['for 1 hour.'] },
  {
    content: { kind: 'email_change_notice', undo: { link, days: 7 }, resetLink: FORGOT_LINK },
    links: [link],
    says: ['for 7 days.'],
  },
  {
    content: { kind: 'email_change_notice', undo: null, resetLink: FORGOT_LINK },
    links: [FORGOT_LINK],
    says: ['set a new password at once'],
  },
  {
    content: { kind: 'new_device', device: 'Firefox on Linux', ip: '2001:db8::1', at: AT, accountLink: ACCOUNT_LINK },
    links: [ACCOUNT_LINK],
    says: ['Device: Firefox on Linux', 'IP address: 2001:db8::1', 'Time: 2026-11-23 04:11 UTC'],
  },
  {
    content: { kind: 'password_changed', at: AT, forgotLink: FORGOT_LINK },
    links: [FORGOT_LINK],
    says: ['Time: 2026-11-23 04:11 UTC'],
  },
  {
    content: { kind: 'lockout', failures: 100, resetLink: FORGOT_LINK },
    links: [FORGOT_LINK],
    says: ['100 failed logins'],
  },
  { content: { kind: 'invitation', link, days: 7 }, links: [link], says: ['for 7 days.'] },
  {
    content: { kind: 'account_exists', loginLink: ACCOUNT_LINK, resetLink: FORGOT_LINK },
    links: [ACCOUNT_LINK, FORGOT_LINK],
    says: ['Forgot the password?'],
  },
]
