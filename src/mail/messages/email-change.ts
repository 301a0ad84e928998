import type { Letter } from '../letter.ts'

/** To the new address of an account: asks to prove it. */
export interface EmailChange {
  readonly kind: 'email_change'
  /** Makes the change; holds the one-time token. */
  readonly link: string
  /** Hours for which the link works. */
  readonly hours: number
}

/** The sentences of `email_change`. */
export interface EmailChangeTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly request: (site: string) => string
  readonly button: string
  readonly validity: (hours: number) => string
  readonly ignore: string
}

/** Writes it. */
export function emailChange({ link, hours }: EmailChange, site: string, texts: EmailChangeTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.request(site)],
    action: { label: texts.button, link },
    after: [texts.validity(hours), texts.ignore],
  }
}
