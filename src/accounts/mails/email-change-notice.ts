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
  /**
   * Stops the change while it is not confirmed, if the old address was never verified. Emails that version 0.1 wrote have
   * neither `undo` nor `stop`.
   */
  readonly stop?: { readonly link: string; readonly days: number }
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
  /** Replaces `unexpected` if the change can be stopped, but not undone. */
  readonly unexpectedWithStop: string
  /** Replaces `button` if the change can be stopped, but not undone. */
  readonly stopButton: string
  /** Replaces `button` if the change cannot be undone, and follows `stopButton`. */
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
    unexpectedWithStop:
      'If you did not make this request, stop the change now. This also logs out all devices. ' +
      'You cannot stop it after the new email address is confirmed. Then set a new password.',
    stopButton: 'Stop the change',
    resetButton: 'Set a new password',
  },
  toLetter({ undo, stop, resetLink }, site, texts) {
    const frame = { subject: texts.subject(site), heading: texts.heading }
    const before = (unexpected: string): readonly string[] => [texts.notice(site), texts.expected, unexpected]
    if (undo !== null) {
      const action = { label: texts.button, link: undo.link }
      return { ...frame, before: before(texts.unexpected), action, after: [texts.validity(undo.days)] }
    }
    const reset = { label: texts.resetButton, link: resetLink }
    if (stop === undefined) return { ...frame, before: before(texts.unexpectedWithoutUndo), action: reset, after: [] }
    const action = { label: texts.stopButton, link: stop.link }
    const after = [texts.validity(stop.days)]
    return { ...frame, before: before(texts.unexpectedWithStop), action, alternative: reset, after }
  },
}
