import type { Letter } from '../letter.ts'

/** The way to a new password for somebody who forgot theirs. Addresses without an account get no mail. */
export interface PasswordReset {
  readonly kind: 'password_reset'
  /** Leads to the page that sets a new password; holds the one-time token. */
  readonly link: string
  /** Minutes for which the link works. */
  readonly minutes: number
}

/** The sentences of `password_reset`. */
export interface PasswordResetTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly request: (site: string) => string
  readonly button: string
  readonly validity: (minutes: number) => string
  readonly ignore: string
}

/** Writes it. */
export function passwordReset({ link, minutes }: PasswordReset, site: string, texts: PasswordResetTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.request(site)],
    action: { label: texts.button, link },
    after: [texts.validity(minutes), texts.ignore],
  }
}
