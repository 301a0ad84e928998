import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the old email address of an account when a change is requested. It never contains the new address. */
export interface EmailChangeNoticeMail {
  readonly kind: 'email_change_notice'
  /**
   * Keeps or restores the old email address; the link contains the one-time token and expires after this number of days.
   * Null if the old address was never verified.
   */
  readonly undo: { readonly link: string; readonly days: number } | null
  /** Opens the page for forgotten passwords. A password reset stops a change that is not confirmed yet. */
  readonly resetLink: string
}

/** Texts of `email_change_notice`. */
export interface EmailChangeNoticeTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly expected: string
  readonly unexpected: string
  readonly button: string
  readonly validity: (days: number) => string
  /** Replaces `unexpected` if the change cannot be undone. */
  readonly unexpectedWithoutUndo: string
  /** Replaces `button` if the change cannot be undone. */
  readonly resetButton: string
}

/** Template of `email_change_notice`. */
export const EMAIL_CHANGE_NOTICE: MailTemplate<EmailChangeNoticeMail, EmailChangeNoticeTexts> = {
  english: {
    subject: (site) => `The email address of your ${site} account is being changed`,
    heading: 'Your email address is being changed',
    notice: (site) =>
      `We received a request to replace the email address of your account at ${site}. ` +
      'The request came from a device that is logged in to your account. ' +
      'When the new email address is confirmed, this one no longer belongs to your account.',
    expected: 'If you made this request, you do not need to do anything.',
    unexpected:
      'If you did not make this request, keep this email address. You can do this even after the change. ' +
      'Then set a new password.',
    button: 'Keep this email address',
    validity: (days) => `The link works once and is valid for ${quantity(days, 'day')}.`,
    unexpectedWithoutUndo:
      'If you did not make this request, set a new password now. ' +
      'This stops the change if the new email address is not confirmed yet.',
    resetButton: 'Set a new password',
  },
  toLetter({ undo, resetLink }, site, texts) {
    const unexpected = undo === null ? texts.unexpectedWithoutUndo : texts.unexpected
    return {
      subject: texts.subject(site),
      heading: texts.heading,
      before: [texts.notice(site), texts.expected, unexpected],
      action: undo === null ? { label: texts.resetButton, link: resetLink } : { label: texts.button, link: undo.link },
      after: undo === null ? [] : [texts.validity(undo.days)],
    }
  },
}
