import type { Letter } from '../letter.ts'

/** To the old address of an account: another one takes its place. It never says which. */
export interface EmailChangeNotice {
  readonly kind: 'email_change_notice'
  /** Keeps or restores the old address; holds the one-time token. */
  readonly undoLink: string
  /** Days for which the link works. */
  readonly days: number
}

/** The sentences of `email_change_notice`. */
export interface EmailChangeNoticeTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly expected: string
  readonly unexpected: string
  readonly button: string
  readonly validity: (days: number) => string
}

/** Writes it. */
export function emailChangeNotice(
  { undoLink, days }: EmailChangeNotice,
  site: string,
  texts: EmailChangeNoticeTexts,
): Letter {
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site), texts.expected, texts.unexpected],
    action: { label: texts.button, link: undoLink },
    after: [texts.validity(days)],
  }
}
