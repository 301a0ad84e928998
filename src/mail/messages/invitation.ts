import type { Letter } from '../letter.ts'

/** Lets somebody register where registration is by invitation. */
export interface Invitation {
  readonly kind: 'invitation'
  /** Leads to the page that makes the account; holds the one-time token. */
  readonly link: string
  /** Days for which the link works. */
  readonly days: number
}

/** The sentences of `invitation`. */
export interface InvitationTexts {
  readonly subject: (site: string) => string
  readonly heading: (site: string) => string
  readonly invitation: (site: string) => string
  readonly button: string
  readonly validity: (days: number) => string
  readonly ignore: string
}

/** Writes it. */
export function invitation({ link, days }: Invitation, site: string, texts: InvitationTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading(site),
    before: [texts.invitation(site)],
    action: { label: texts.button, link },
    after: [texts.validity(days), texts.ignore],
  }
}
