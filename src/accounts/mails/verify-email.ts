import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the email address of a new account, to verify it. */
export interface VerifyEmailMail {
  readonly kind: 'verify_email'
  /** Verifies the email address; contains the one-time token. */
  readonly link: string
  /** Hours until the link expires. */
  readonly hours: number
}

/** Template of `verify_email`. `validity` gets hours. */
export const VERIFY_EMAIL: MailTemplate<VerifyEmailMail, LinkLetterTexts> = {
  english: {
    subject: (site) => `Confirm your email address for ${site}`,
    heading: 'Confirm your email address',
    request: (site) => `We received a request to create an account at ${site} with this email address.`,
    button: 'Confirm your email address',
    validity: (hours) => `The link works once and is valid for ${quantity(hours, 'hour')}.`,
    ignore: 'If you did not make this request, ignore this email and do not open the link.',
  },
  toLetter: ({ link, hours }, site, texts) => linkLetter({ link, duration: hours }, site, texts),
}
