/** The frame around a letter. */
export interface Frame {
  /** Name of the site. */
  readonly site: string
  /** Language of the texts as in HTML's `lang` (BCP 47). */
  readonly language: string
  /** Text above the full link of the button. HTML only. */
  readonly linkHint: string
  /** The last line. */
  readonly footer: string
}

/** Texts that all emails share. */
export interface FrameTexts {
  /** As in HTML's `lang` (BCP 47): `en`. */
  readonly language: string
  /** Text above the full link of the button. HTML only. */
  readonly linkHint: string
  /** The last line of each email. */
  readonly footer: (site: string) => string
}

/** The English texts. */
export const ENGLISH_FRAME: FrameTexts = {
  language: 'en',
  linkHint: 'If the button does not work, open this link:',
  footer: (site) => `${site} sent this email automatically. We do not read replies.`,
}

/** Returns the frame of each email of a site, in English except for the texts given. */
export function createFrame(site: string, texts: Partial<FrameTexts>): Frame {
  const { language = ENGLISH_FRAME.language, linkHint = ENGLISH_FRAME.linkHint, footer = ENGLISH_FRAME.footer } = texts
  return { site, language, linkHint, footer: footer(site) }
}
