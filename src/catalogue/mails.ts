/*
 * All emails, collected from the templates in the folders `mails/` of the rooms. A new email is a new file in the
 * folder of its room and one line in TEMPLATES.
 */
import { ACCOUNT_EXISTS } from '../accounts/mails/account-exists.ts'
import { EMAIL_CHANGE } from '../accounts/mails/email-change.ts'
import { EMAIL_CHANGE_NOTICE } from '../accounts/mails/email-change-notice.ts'
import { VERIFY_EMAIL } from '../accounts/mails/verify-email.ts'
import { EMAIL_CODE } from '../factors/email-code/mails/email-code.ts'
import { FACTOR_CHANGED } from '../factors/mails/factor-changed.ts'
import { FACTOR_REMOVAL } from '../factors/recovery/mails/factor-removal.ts'
import { INVITATION } from '../invitations/mails/invitation.ts'
import type { Language, TextTable } from '../kernel/language.ts'
import type { Locale } from '../kernel/locale.ts'
import { NEW_DEVICE } from '../login/mails/new-device.ts'
import { FRAME_TEXTS, type Frame, type FrameTexts, type MailLook } from '../mail/frame.ts'
import { headerText } from '../mail/header-text.ts'
import type { Letter } from '../mail/letter.ts'
import type { MailTemplate } from '../mail/mail-template.ts'
import { type Compose, renderLetter } from '../mail/render-letter.ts'
import { utcTime } from '../mail/utc-time.ts'
import { LOCKOUT } from '../passwords/mails/lockout.ts'
import { PASSWORD_CHANGED } from '../passwords/mails/password-changed.ts'
import { PASSWORD_RESET } from '../passwords/mails/password-reset.ts'
import { IDENTITY_CHANGED } from '../providers/mails/identity-changed.ts'

/** The template of each kind. */
export const TEMPLATES = {
  account_exists: ACCOUNT_EXISTS,
  email_change: EMAIL_CHANGE,
  email_change_notice: EMAIL_CHANGE_NOTICE,
  email_code: EMAIL_CODE,
  factor_changed: FACTOR_CHANGED,
  factor_removal: FACTOR_REMOVAL,
  identity_changed: IDENTITY_CHANGED,
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

type LetterTexts = {
  readonly [Kind in MailKind]: Templates[Kind]['texts'] extends TextTable<infer Texts> ? Texts : never
}

/** All texts of all emails, in one language. */
export interface MailTexts extends FrameTexts, LetterTexts {
  /** As in HTML's `lang` (BCP 47): `en`. */
  readonly language: string
}

/** Texts that replace the English ones. Texts that are left out stay English. */
export type MailTextOverrides = Partial<Pick<MailTexts, 'language' | keyof FrameTexts>> & {
  readonly [Kind in MailKind]?: Partial<LetterTexts[Kind]>
}

type MailTables = { readonly [Kind in MailKind]: Templates[Kind]['texts'] } & { readonly email: typeof FRAME_TEXTS }

/** The tables of the texts of all emails: one for each kind, and `email` for the frame. */
export const MAIL_TABLES = {
  ...Object.fromEntries(Object.entries(TEMPLATES).map(([kind, { texts }]) => [kind, texts])),
  email: FRAME_TEXTS,
} as MailTables // the keys and values are those of TEMPLATES

/** What the emails of a site have in common. */
export interface MailSite {
  /** The name that users know the service by. */
  readonly siteName: string
  readonly look: MailLook
  /** The languages of the service; the first one is the default. */
  readonly languages: readonly [Language, ...Language[]]
  readonly locale: (language: Language) => Locale
  /** The option `mailTexts`: with it, all emails have the same language. Default: none. */
  readonly overrides?: MailTextOverrides | undefined
}

/**
 * Returns the function that renders the emails of a site. It throws TypeError if a link is not an http(s) URL, and Error if
 * the kind is unknown.
 */
export function createMailComposer(site: MailSite): Compose<MailContents[MailKind]> {
  const name = headerText(site.siteName)
  const { languages, overrides } = site
  return (content, wanted) => {
    const language = languages.find((each) => each === wanted) ?? languages[0]
    const words =
      overrides === undefined ? ownWords(site.locale(language)) : replacedWords(site.locale('en'), overrides)
    const frame: Frame = { ...words.frame, site: name, look: site.look }
    return renderLetter(toLetter(content, name, words.of), frame)
  }
}

/** The words of one email. */
interface Words {
  readonly frame: Pick<Frame, 'language' | 'texts' | 'formatTime'>
  of<Kind extends MailKind>(kind: Kind): LetterTexts[Kind]
}

/** Returns the words of a language that Latchkey speaks. */
function ownWords(locale: Locale): Words {
  return {
    frame: { language: locale.language, texts: locale.texts(FRAME_TEXTS), formatTime: locale.dateTime },
    of: (kind) => locale.texts(templateOf[kind].texts),
  }
}

/** Returns the English words with those of the option `mailTexts` in place of ours. They can be in any language. */
function replacedWords(english: Locale, overrides: MailTextOverrides): Words {
  const own = ownWords(english)
  const { language = own.frame.language } = overrides
  return {
    frame: { language, texts: { ...own.frame.texts, ...overrides }, formatTime: utcTime },
    of: (kind) => ({ ...own.of(kind), ...overrides[kind] }),
  }
}

const templateOf: { readonly [Kind in MailKind]: MailTemplate<MailContents[Kind], LetterTexts[Kind]> } = TEMPLATES

function toLetter<Kind extends MailKind>(
  content: MailContents[Kind] & { readonly kind: Kind },
  site: string,
  textsOf: Words['of'],
): Letter {
  const { kind }: { readonly kind: Kind } = content
  // A newer version may have written it. A node of that version sends it.
  if (!Object.hasOwn(TEMPLATES, kind)) throw new Error(`The email kind "${kind}" is unknown to this version`)
  return templateOf[kind].toLetter(content, site, textsOf(kind))
}
