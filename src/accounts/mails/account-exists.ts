import type { Links } from '../../kernel/links.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'

/**
 * Goes to the owner of an account whose email address another caller wants to use, for a new account or for a change of
 * address. The caller gets the same response as for an unused address.
 */
export interface AccountExistsMail {
  readonly kind: 'account_exists'
  readonly loginLink: string
  /** Opens the page for forgotten passwords. */
  readonly resetLink: string
}

/** Texts of `account_exists`. */
export interface AccountExistsTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly button: string
  readonly forgotten: string
  readonly ignore: string
}

/** Template of `account_exists`. */
export const ACCOUNT_EXISTS: MailTemplate<AccountExistsMail, AccountExistsTexts> = {
  english: {
    subject: (site) => `You already have an account at ${site}`,
    heading: 'You already have an account',
    notice: (site) =>
      `We received a request to use this email address for an account at ${site}. ` +
      'You already have an account with this email address.',
    button: 'Log in',
    forgotten: 'Forgot your password? Set a new one:',
    ignore:
      'If you did not make this request, ignore this email. The person who made it does not learn that you have an account.',
  },
  toLetter: ({ loginLink, resetLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site)],
    action: { label: texts.button, link: loginLink },
    alternative: { label: texts.forgotten, link: resetLink },
    after: [texts.ignore],
  }),
}

/** Returns the content of `account_exists`. */
export function accountExistsContent({ login, forgotPassword }: Links): AccountExistsMail {
  return { kind: 'account_exists', loginLink: login, resetLink: forgotPassword }
}
