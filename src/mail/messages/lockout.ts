import type { Letter } from '../letter.ts'

/** The password was disabled after too many failures (NIST SP 800-63B-4 section 3.2.2): only a new one opens the account. */
export interface Lockout {
  readonly kind: 'lockout'
  /** Wrong passwords since the last right one. */
  readonly failures: number
  /** Leads to a new password. */
  readonly resetLink: string
}

/** The sentences of `lockout`. */
export interface LockoutTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string, failures: number) => string
  readonly consequence: string
  readonly button: string
  readonly advice: string
}

/** Writes it. */
export function lockout({ failures, resetLink }: Lockout, site: string, texts: LockoutTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site, failures), texts.consequence],
    action: { label: texts.button, link: resetLink },
    after: [texts.advice],
  }
}
