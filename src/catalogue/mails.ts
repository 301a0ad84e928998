/*
 * All emails, collected from the templates in the folders `mails/` of the rooms. A new email is a new file in the
 * folder of its room and one line in TEMPLATES.
 */
import { ACCOUNT_EXISTS } from '../accounts/mails/account-exists.ts'
import { EMAIL_CHANGE } from '../accounts/mails/email-change.ts'
import { EMAIL_CHANGE_NOTICE } from '../accounts/mails/email-change-notice.ts'
import { VERIFY_EMAIL } from '../accounts/mails/verify-email.ts'
import { FACTOR_CHANGED } from '../factors/mails/factor-changed.ts'
import { INVITATION } from '../invitations/mails/invitation.ts'
import { NEW_DEVICE } from '../login/mails/new-device.ts'
import { createFrame, type FrameTexts } from '../mail/frame.ts'
import { headerText } from '../mail/header-text.ts'
import type { Letter } from '../mail/letter.ts'
import type { MailTemplate } from '../mail/mail-template.ts'
import { type RenderedMail, renderLetter } from '../mail/render-letter.ts'
import { LOCKOUT } from '../passwords/mails/lockout.ts'
import { PASSWORD_CHANGED } from '../passwords/mails/password-changed.ts'
import { PASSWORD_RESET } from '../passwords/mails/password-reset.ts'

/** The template of each kind. */
export const TEMPLATES = {
  account_exists: ACCOUNT_EXISTS,
  email_change: EMAIL_CHANGE,
  email_change_notice: EMAIL_CHANGE_NOTICE,
  factor_changed: FACTOR_CHANGED,
  invitation: INVITATION,
  lockout: LOCKOUT,
  new_device: NEW_DEVICE,
  password_changed: PASSWORD_CHANGED,
  password_reset: PASSWORD_RESET,
  verify_email: VERIFY_EMAIL,
} as const

type Templates = typeof TEMPLATES

/** The kind of an email. It is also the name of its texts in the option `mailTexts`. */
export type MailKind = keyof Templates

/** The content of each kind. `never` marks a template under the key of another kind. */
export type MailContents = {
  readonly [Kind in MailKind]: Extract<Parameters<Templates[Kind]['toLetter']>[0], { readonly kind: Kind }>
}

type LetterTexts = { readonly [Kind in MailKind]: Templates[Kind]['english'] }

/** All texts of all emails, in one language. */
export interface MailTexts extends FrameTexts, LetterTexts {}

/** Texts that replace the English ones. Texts that are left out stay English. */
export type MailTextOverrides = Partial<FrameTexts> & {
  readonly [Kind in MailKind]?: Partial<LetterTexts[Kind]>
}

/**
 * Returns the function that renders the emails of a site.
 * @param siteName the name that users know the service by.
 * @param overrides texts in place of the English ones. Default: none.
 * @returns a function that throws TypeError if a link is not an http(s) URL, and Error if the kind is unknown.
 */
export function createMailComposer(
  siteName: string,
  overrides: MailTextOverrides = {},
): (content: MailContents[MailKind]) => RenderedMail {
  const site = headerText(siteName)
  return (content) => renderLetter(toLetter(content, site, overrides), createFrame(site, overrides))
}

const templateOf: { readonly [Kind in MailKind]: MailTemplate<MailContents[Kind], LetterTexts[Kind]> } = TEMPLATES

function toLetter<Kind extends MailKind>(
  content: MailContents[Kind] & { readonly kind: Kind },
  site: string,
  overrides: MailTextOverrides,
): Letter {
  const { kind }: { readonly kind: Kind } = content
  // A newer version may have written it. A node of that version sends it.
  if (!Object.hasOwn(TEMPLATES, kind)) throw new Error(`The email kind "${kind}" is unknown to this version`)
  const template = templateOf[kind]
  return template.toLetter(content, site, { ...template.english, ...overrides[kind] })
}
