import { linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Invites the owner of an email address to register. */
export interface InvitationMail {
  readonly kind: 'invitation'
  /** Opens the registration page; contains the one-time token. */
  readonly link: string
  /** Days until the link expires. */
  readonly days: number
}

/** Texts of `invitation`. */
export interface InvitationTexts {
  readonly subject: (site: string) => string
  readonly heading: (site: string) => string
  readonly invitation: (site: string) => string
  readonly button: string
  readonly validity: (days: number) => string
  readonly ignore: string
}

/** Template of `invitation`. */
export const INVITATION: MailTemplate<InvitationMail, InvitationTexts> = {
  english: {
    subject: (site) => `You are invited to ${site}`,
    heading: (site) => `You are invited to ${site}`,
    invitation: (site) => `You can create an account at ${site} with this invitation.`,
    button: 'Create an account',
    validity: (days) => `The link works once and is valid for ${quantity(days, 'day')}.`,
    ignore: 'If you do not want an account, ignore this email. You have no account until you register.',
  },
  toLetter: ({ link, days }, site, { invitation, heading, ...texts }) =>
    linkLetter({ link, duration: days }, site, { ...texts, heading: heading(site), request: invitation }),
}
