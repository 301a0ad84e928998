import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the new email address of an account, to verify it before the change. */
export interface EmailChangeMail {
  readonly kind: 'email_change'
  /** Confirms the change; contains the one-time token. */
  readonly link: string
  /** Hours until the link expires. */
  readonly hours: number
}

/** Template of `email_change`. `validity` gets hours. */
export const EMAIL_CHANGE: MailTemplate<EmailChangeMail, LinkLetterTexts> = {
  english: {
    subject: (site) => `Confirm your new email address for ${site}`,
    heading: 'Confirm your new email address',
    request: (site) => `We received a request to use this email address for an account at ${site}.`,
    button: 'Confirm your new email address',
    validity: (hours) => `The link works once and is valid for ${quantity(hours, 'hour')}.`,
    ignore: 'If you did not make this request, ignore this email. Nothing changes.',
  },
  toLetter: ({ link, hours }, site, texts) => linkLetter({ link, duration: hours }, site, texts),
}
