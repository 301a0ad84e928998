import type { Letter } from '../letter.ts'

/**
 * Somebody registered with an address that has an account, and was answered like everybody else. Only the owner of the
 * address learns the difference.
 */
export interface AccountExists {
  readonly kind: 'account_exists'
  readonly loginLink: string
  /** Leads to the page for forgotten passwords. */
  readonly resetLink: string
}

/** The sentences of `account_exists`. */
export interface AccountExistsTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly button: string
  readonly forgotten: string
  readonly ignore: string
}

/** Writes it. */
export function accountExists(
  { loginLink, resetLink }: AccountExists,
  site: string,
  texts: AccountExistsTexts,
): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site)],
    action: { label: texts.button, link: loginLink },
    alternative: { label: texts.forgotten, link: resetLink },
    after: [texts.ignore],
  }
}
