import type { Letter } from '../letter.ts'

/** Asks whoever registered with an address to prove that it is theirs. */
export interface VerifyEmail {
  readonly kind: 'verify_email'
  /** Verifies the address; holds the one-time token. */
  readonly link: string
  /** Hours for which the link works. */
  readonly hours: number
}

/** The sentences of `verify_email`. */
export interface VerifyEmailTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly request: (site: string) => string
  readonly button: string
  readonly validity: (hours: number) => string
  readonly ignore: string
}

/** Writes it. */
export function verifyEmail({ link, hours }: VerifyEmail, site: string, texts: VerifyEmailTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.request(site)],
    action: { label: texts.button, link },
    after: [texts.validity(hours), texts.ignore],
  }
}
