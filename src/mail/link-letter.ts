import type { Letter } from './letter.ts'

/** Texts of an email with one link that works once and expires. */
export interface LinkLetterTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly request: (site: string) => string
  readonly button: string
  /** States how long the link works. The content of the email determines the unit: minutes, hours or days. */
  readonly validity: (duration: number) => string
  readonly ignore: string
}

/** A link and how long it works, in the unit of `LinkLetterTexts.validity`. */
interface ExpiringLink {
  readonly link: string
  readonly duration: number
}

/** Returns the letter of an email with one link that works once and expires. */
export function linkLetter({ link, duration }: ExpiringLink, site: string, texts: LinkLetterTexts): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.request(site)],
    action: { label: texts.button, link },
    after: [texts.validity(duration), texts.ignore],
  }
}
