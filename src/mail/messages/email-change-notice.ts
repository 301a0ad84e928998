import type { Letter } from '../letter.ts'

/** To the old address of an account: another one takes its place. It never says which. */
export interface EmailChangeNotice {
  readonly kind: 'email_change_notice'
  /** Keeps or restores the old address, for so many days; holds the one-time token. Null: nobody ever proved that address. */
  readonly undo: { readonly link: string; readonly days: number } | null
  /** Leads to the page for forgotten passwords: a reset stops a change that is not confirmed yet. */
  readonly resetLink: string
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
  /** In place of `unexpected` and `button` where there is no way back. */
  readonly unexpectedWithoutUndo: string
  readonly resetButton: string
}

/** Writes it. */
export function emailChangeNotice(
  { undo, resetLink }: EmailChangeNotice,
  site: string,
  texts: EmailChangeNoticeTexts,
): Letter {
  const unexpected = undo === null ? texts.unexpectedWithoutUndo : texts.unexpected
  return {
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site), texts.expected, unexpected],
    action: undo === null ? { label: texts.resetButton, link: resetLink } : { label: texts.button, link: undo.link },
    after: undo === null ? [] : [texts.validity(undo.days)],
  }
}
