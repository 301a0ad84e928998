import { createMailComposer, type MailContents, type MailKind, type MailSite } from '../../src/catalogue/mails.ts'
import { createLocales } from '../../src/kernel/locale.ts'
import type { Compose } from '../../src/mail/render-letter.ts'
import { brandColors } from '../../src/pages/brand.ts'

/** Creates the composer of Acme, which speaks all languages. */
export function composerOf(site: Partial<MailSite> = {}): Compose<MailContents[MailKind]> {
  return createMailComposer({
    siteName: 'Acme',
    look: { colors: brandColors('#2450c8'), radius: 8, logo: null, support: null },
    languages: ['en', 'de', 'fr', 'es'],
    locale: createLocales({}),
    ...site,
  })
}

/** The time in all samples. */
export const AT: number = Date.UTC(2026, 10, 23, 4, 11, 59)
/** A link as long as a real one, with characters that need escaping. */
export const TOKEN_LINK = `https://acme.example/auth/x?token=${'aB3_-'.repeat(20)}&next=%2Faccount`
export const FORGOT_LINK = 'https://acme.example/auth/password/forgot'
export const ACCOUNT_LINK = 'https://acme.example/auth/account'

/** The content of an email, the only links that the email may contain, and texts that it must contain. */
export interface MailSample {
  readonly content: MailContents[MailKind]
  readonly links: readonly string[]
  readonly says: readonly string[]
}

type Variants = { readonly [Kind in MailKind]: readonly (MailSample & { readonly content: MailContents[Kind] })[] }

const link = TOKEN_LINK

const VARIANTS: Variants = {
  account_exists: [
    {
      content: { kind: 'account_exists', loginLink: ACCOUNT_LINK, resetLink: FORGOT_LINK },
      links: [ACCOUNT_LINK, FORGOT_LINK],
      says: ['Forgot your password?'],
    },
  ],
  email_change: [{ content: { kind: 'email_change', link, hours: 1 }, links: [link], says: ['for 1 hour.'] }],
  email_change_notice: [
    {
      content: { kind: 'email_change_notice', undo: { link, days: 7 }, resetLink: FORGOT_LINK },
      links: [link],
      says: ['for 7 days.'],
    },
    {
      content: { kind: 'email_change_notice', undo: null, resetLink: FORGOT_LINK },
      links: [FORGOT_LINK],
      says: ['set a new password now'],
    },
    {
      content: { kind: 'email_change_notice', undo: null, stop: { link, days: 1 }, resetLink: FORGOT_LINK },
      links: [link, FORGOT_LINK],
      says: ['stop the change now', 'for 1 day.'],
    },
  ],
  email_code: [
    {
      content: { kind: 'email_code', code: '01234567', link, minutes: 10 },
      links: [link],
      says: ['01234567', '10 minutes'],
    },
  ],
  factor_changed: (['totp_enrolled', 'totp_removed', 'recovery_codes_created', 'recovery_code_used'] as const).map(
    (change) => ({
      content: { kind: 'factor_changed', change, at: AT, accountLink: ACCOUNT_LINK },
      links: [ACCOUNT_LINK],
      says: ['23 November 2026 at 04:11 UTC'],
    }),
  ),
  factor_removal: (
    [
      ['asked_at_login', 'all', 'asked to remove all second factors'],
      ['asked_by_administrator', 'totp', 'will remove the authenticator app'],
      ['removed', 'passkey', 'removed all passkeys'],
      ['removed', 'recovery_code', 'removed the recovery codes'],
    ] as const
  ).map(([news, method, says]) => ({
    content: { kind: 'factor_removal', news, method, at: AT, accountLink: ACCOUNT_LINK },
    links: [ACCOUNT_LINK],
    says: [says, '23 November 2026 at 04:11 UTC'],
  })),
  identity_changed: (['linked', 'unlinked'] as const).map((change) => ({
    content: { kind: 'identity_changed', change, provider: 'Google', at: AT, accountLink: ACCOUNT_LINK },
    links: [ACCOUNT_LINK],
    says: ['Google', '23 November 2026 at 04:11 UTC'],
  })),
  invitation: [{ content: { kind: 'invitation', link, days: 7 }, links: [link], says: ['for 7 days.'] }],
  lockout: [
    {
      content: { kind: 'lockout', failures: 100, resetLink: FORGOT_LINK },
      links: [FORGOT_LINK],
      says: ['100 failed logins'],
    },
  ],
  new_device: [
    {
      content: { kind: 'new_device', device: 'Firefox on Linux', ip: '2001:db8::1', at: AT, accountLink: ACCOUNT_LINK },
      links: [ACCOUNT_LINK],
      says: ['Device: Firefox on Linux', 'IP address: 2001:db8::1', 'Time: 23 November 2026 at 04:11 UTC'],
    },
  ],
  password_changed: [
    {
      content: { kind: 'password_changed', at: AT, forgotLink: FORGOT_LINK },
      links: [FORGOT_LINK],
      says: ['Time: 23 November 2026 at 04:11 UTC'],
    },
  ],
  password_reset: [
    { content: { kind: 'password_reset', link, minutes: 60 }, links: [link], says: ['for 60 minutes.'] },
  ],
  verify_email: [{ content: { kind: 'verify_email', link, hours: 24 }, links: [link], says: ['for 24 hours.'] }],
}

/** All variants of all kinds of emails. */
export const MAIL_SAMPLES: readonly MailSample[] = Object.values(VARIANTS).flat()
