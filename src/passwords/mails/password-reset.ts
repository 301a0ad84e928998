import { MINUTE_MS } from '../../kernel/clock.ts'
import type { Links } from '../../kernel/links.ts'
import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'
import { ONE_TIME_TOKENS } from '../../one-time-tokens/one-time-token.ts'

/** Lets a user set a new password. */
export interface PasswordResetMail {
  readonly kind: 'password_reset'
  /** Opens the page that sets a new password; contains the one-time token. */
  readonly link: string
  /** Minutes until the link expires. */
  readonly minutes: number
}

/** Template of `password_reset`. `validity` gets minutes. */
export const PASSWORD_RESET: MailTemplate<PasswordResetMail, LinkLetterTexts> = {
  english: {
    subject: (site) => `Set a new password for ${site}`,
    heading: 'Set a new password',
    request: (site) => `We received a request to reset the password of your account at ${site}.`,
    button: 'Set a new password',
    validity: (minutes) => `The link works once and is valid for ${quantity(minutes, 'minute')}.`,
    ignore: 'If you did not make this request, ignore this email. Your password stays the same.',
  },
  toLetter: ({ link, minutes }, site, texts) => linkLetter({ link, duration: minutes }, site, texts),
}

/** Returns the content of `password_reset` for a one-time token of that purpose. */
export function passwordResetContent({ resetPassword }: Links, token: string): PasswordResetMail {
  return {
    kind: 'password_reset',
    link: resetPassword(token),
    minutes: ONE_TIME_TOKENS.password_reset.lifeMs / MINUTE_MS,
  }
}
