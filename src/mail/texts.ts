import type { AccountExistsTexts } from './messages/account-exists.ts'
import type { EmailChangeTexts } from './messages/email-change.ts'
import type { EmailChangeNoticeTexts } from './messages/email-change-notice.ts'
import type { InvitationTexts } from './messages/invitation.ts'
import type { LockoutTexts } from './messages/lockout.ts'
import type { NewDeviceTexts } from './messages/new-device.ts'
import type { PasswordChangedTexts } from './messages/password-changed.ts'
import type { PasswordResetTexts } from './messages/password-reset.ts'
import type { VerifyEmailTexts } from './messages/verify-email.ts'

/** All sentences of all mails, in one language. */
export interface MailTexts {
  /** As in HTML's `lang` (BCP 47): `en`. */
  readonly language: string
  /** Stands above the link of the button, in full. HTML only. */
  readonly linkHint: string
  /** The last line of each mail. */
  readonly footer: (site: string) => string
  readonly account_exists: AccountExistsTexts
  readonly email_change: EmailChangeTexts
  readonly email_change_notice: EmailChangeNoticeTexts
  readonly invitation: InvitationTexts
  readonly lockout: LockoutTexts
  readonly new_device: NewDeviceTexts
  readonly password_changed: PasswordChangedTexts
  readonly password_reset: PasswordResetTexts
  readonly verify_email: VerifyEmailTexts
}

type FrameTexts = Pick<MailTexts, 'language' | 'linkHint' | 'footer'>
type LetterTexts = Omit<MailTexts, keyof FrameTexts>

/** Sentences that take the place of the English ones; what is left out stays English. */
export type MailTextOverrides = Partial<FrameTexts> & {
  readonly [Kind in keyof LetterTexts]?: Partial<LetterTexts[Kind]>
}

/** The sentences as they are unless an application has others. */
export const ENGLISH: MailTexts = {
  language: 'en',
  linkHint: 'If the button does not work, open this link:',
  footer: (site) => `This mail was sent automatically by ${site}. Replies are not read.`,
  account_exists: {
    subject: (site) => `You already have an account at ${site}`,
    heading: 'You already have an account',
    notice: (site) =>
      `Somebody, probably you, tried to create an account at ${site} with this address, which has one already.`,
    button: 'Log in',
    forgotten: 'Forgot the password? Set a new one:',
    ignore: 'If it was not you, there is nothing to do. Whoever it was has not learned that there is an account.',
  },
  email_change: {
    subject: (site) => `Confirm your new email address for ${site}`,
    heading: 'Confirm your new email address',
    request: (site) => `This address is to become the email address of an account at ${site}.`,
    button: 'Confirm the address',
    validity: (hours) => `The link works once, for ${count(hours, 'hour')}.`,
    ignore: 'If you did not ask for this, ignore this mail: nothing changes.',
  },
  email_change_notice: {
    subject: (site) => `The email address of your ${site} account is being changed`,
    heading: 'Your email address is being changed',
    notice: (site) =>
      `Somebody who was logged in to your account at ${site} asked to replace this address with another one. ` +
      'As soon as the other one is confirmed, this one no longer belongs to the account.',
    expected: 'If it was you, there is nothing to do.',
    unexpected: 'If it was not you, keep this address: that works even after the change. Then set a new password.',
    button: 'Keep this address',
    validity: (days) => `The link works once, for ${count(days, 'day')}.`,
    unexpectedWithoutUndo:
      'If it was not you, set a new password at once: until the other address is confirmed, that stops the change.',
    resetButton: 'Set a new password',
  },
  invitation: {
    subject: (site) => `You are invited to ${site}`,
    heading: (site) => `You are invited to ${site}`,
    invitation: (site) => `With this link you can create an account at ${site}.`,
    button: 'Create an account',
    validity: (days) => `The link works once, for ${count(days, 'day')}.`,
    ignore: 'If you do not want one, ignore this mail: there is no account until you make it.',
  },
  lockout: {
    subject: (site) => `Your ${site} password was disabled`,
    heading: 'Your password was disabled',
    notice: (site, failures) => `There were ${count(failures, 'failed login')} to your account at ${site} in a row.`,
    consequence: 'Somebody may be guessing your password, so it no longer works. Set a new one to log in again.',
    button: 'Set a new password',
    advice: 'If you use the old password elsewhere, change it there too.',
  },
  new_device: {
    subject: (site) => `New login to your ${site} account`,
    heading: 'New login to your account',
    notice: (site) => `Somebody logged in to your account at ${site} on a device that was not used for it before.`,
    device: 'Device',
    ip: 'IP address',
    time: 'Time',
    button: 'See your sessions',
    advice: 'If it was you, there is nothing to do. If not, end that session and change your password.',
  },
  password_changed: {
    subject: (site) => `Your ${site} password was changed`,
    heading: 'Your password was changed',
    notice: (site) => `The password of your account at ${site} was changed.`,
    time: 'Time',
    expected: 'If it was you, there is nothing to do.',
    unexpected: 'If it was not you, somebody else is in your account. Set a new password now.',
    button: 'Set a new password',
  },
  password_reset: {
    subject: (site) => `Set a new password for ${site}`,
    heading: 'Set a new password',
    request: (site) => `Somebody, probably you, asked for a new password for your account at ${site}.`,
    button: 'Set a new password',
    validity: (minutes) => `The link works once, for ${count(minutes, 'minute')}.`,
    ignore: 'If it was not you, ignore this mail: the password stays as it is.',
  },
  verify_email: {
    subject: (site) => `Confirm your email address for ${site}`,
    heading: 'Confirm your email address',
    request: (site) => `Somebody, probably you, created an account at ${site} with this address.`,
    button: 'Confirm the address',
    validity: (hours) => `The link works once, for ${count(hours, 'hour')}.`,
    ignore: 'If it was not you, ignore this mail and do not open the link.',
  },
}

/** The English sentences with an application's own in their place. */
export function createMailTexts(overrides: MailTextOverrides = {}): MailTexts {
  return {
    language: overrides.language ?? ENGLISH.language,
    linkHint: overrides.linkHint ?? ENGLISH.linkHint,
    footer: overrides.footer ?? ENGLISH.footer,
    account_exists: { ...ENGLISH.account_exists, ...overrides.account_exists },
    email_change: { ...ENGLISH.email_change, ...overrides.email_change },
    email_change_notice: { ...ENGLISH.email_change_notice, ...overrides.email_change_notice },
    invitation: { ...ENGLISH.invitation, ...overrides.invitation },
    lockout: { ...ENGLISH.lockout, ...overrides.lockout },
    new_device: { ...ENGLISH.new_device, ...overrides.new_device },
    password_changed: { ...ENGLISH.password_changed, ...overrides.password_changed },
    password_reset: { ...ENGLISH.password_reset, ...overrides.password_reset },
    verify_email: { ...ENGLISH.verify_email, ...overrides.verify_email },
  }
}

/** "1 hour", "24 hours". */
function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
