import { headerText } from './header-text.ts'
import type { Letter } from './letter.ts'
import { type AccountExists, accountExists } from './messages/account-exists.ts'
import { type EmailChange, emailChange } from './messages/email-change.ts'
import { type EmailChangeNotice, emailChangeNotice } from './messages/email-change-notice.ts'
import { type Invitation, invitation } from './messages/invitation.ts'
import { type Lockout, lockout } from './messages/lockout.ts'
import { type NewDevice, newDevice } from './messages/new-device.ts'
import { type PasswordChanged, passwordChanged } from './messages/password-changed.ts'
import { type PasswordReset, passwordReset } from './messages/password-reset.ts'
import { type VerifyEmail, verifyEmail } from './messages/verify-email.ts'
import { renderHtml } from './render-html.ts'
import { renderText } from './render-text.ts'
import { ENGLISH, type MailTexts } from './texts.ts'

/** What a mail is about: plain data, told apart by `kind`. Nothing in it but a device label was written by a stranger. */
export type MessageContent =
  | AccountExists
  | EmailChange
  | EmailChangeNotice
  | Invitation
  | Lockout
  | NewDevice
  | PasswordChanged
  | PasswordReset
  | VerifyEmail

/** The same mail for people, in both forms. */
export interface ComposedMessage {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Writes a mail.
 * @param siteName the name that people know the service by.
 * @throws TypeError when a link is no http(s) URL.
 */
export function composeMessage(content: MessageContent, siteName: string, texts: MailTexts = ENGLISH): ComposedMessage {
  const site = headerText(siteName)
  const letter = writeLetter(content, site, texts)
  checkLink(letter.action.link)
  if (letter.alternative !== undefined) checkLink(letter.alternative.link)
  const { language, linkHint } = texts
  const frame = { site, language, linkHint, footer: texts.footer(site) }
  return {
    subject: headerText(letter.subject),
    text: renderText(letter, frame),
    html: renderHtml(letter, frame),
  }
}

function writeLetter(content: MessageContent, site: string, texts: MailTexts): Letter {
  switch (content.kind) {
    case 'account_exists':
      return accountExists(content, site, texts.account_exists)
    case 'email_change':
      return emailChange(content, site, texts.email_change)
    case 'email_change_notice':
      return emailChangeNotice(content, site, texts.email_change_notice)
    case 'invitation':
      return invitation(content, site, texts.invitation)
    case 'lockout':
      return lockout(content, site, texts.lockout)
    case 'new_device':
      return newDevice(content, site, texts.new_device)
    case 'password_changed':
      return passwordChanged(content, site, texts.password_changed)
    case 'password_reset':
      return passwordReset(content, site, texts.password_reset)
    case 'verify_email':
      return verifyEmail(content, site, texts.verify_email)
  }
}

/** The link may hold a token, so the error does not show it. */
function checkLink(link: string): void {
  if (!/^https?:\/\/[!-~]+$/.test(link) || /[<>"]/.test(link) || !URL.canParse(link)) {
    throw new TypeError('A mail was to hold a link that is no http(s) URL')
  }
}
