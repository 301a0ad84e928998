import { defineTexts } from '../../kernel/language.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { User } from '../../kernel/principal.ts'
import { type ChangeLetterTexts, changeLetter } from '../../mail/change-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { type NoticeDeps, writeNotice } from '../../throttle/write-notice.ts'

/** Tells a user that their password was changed. */
export interface PasswordChangedMail {
  readonly kind: 'password_changed'
  /** Time of the change: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the page for forgotten passwords. */
  readonly forgotLink: string
}

/** Texts of `password_changed`. */
export interface PasswordChangedTexts extends ChangeLetterTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
}

/** Template of `password_changed`. */
export const PASSWORD_CHANGED: MailTemplate<PasswordChangedMail, PasswordChangedTexts> = {
  texts: defineTexts<PasswordChangedTexts>('password_changed', {
    en: {
      subject: (site) => `Your ${site} password was changed`,
      heading: 'Your password was changed',
      notice: (site) => `The password of your account at ${site} was changed.`,
      time: 'Time',
      expected: 'If you changed it, you do not need to do anything.',
      unexpected: 'If you did not change it, another person has access to your account. Set a new password now.',
      button: 'Set a new password',
    },
    de: {
      subject: (site) => `Ihr Passwort bei ${site} wurde geändert`,
      heading: 'Ihr Passwort wurde geändert',
      notice: (site) => `Das Passwort Ihres Kontos bei ${site} wurde geändert.`,
      time: 'Zeitpunkt',
      expected: 'Wenn Sie es geändert haben, müssen Sie nichts tun.',
      unexpected:
        'Wenn Sie es nicht geändert haben, hat eine andere Person Zugriff auf Ihr Konto. Legen Sie jetzt ein neues Passwort fest.',
      button: 'Neues Passwort festlegen',
    },
    fr: {
      subject: (site) => `Votre mot de passe ${site} a été modifié`,
      heading: 'Votre mot de passe a été modifié',
      notice: (site) => `Le mot de passe de votre compte sur ${site} a été modifié.`,
      time: 'Date',
      expected: 'Si vous l’avez modifié, vous n’avez rien à faire.',
      unexpected:
        'Si vous ne l’avez pas modifié, une autre personne a accès à votre compte. Choisissez tout de suite un nouveau mot de passe.',
      button: 'Choisir un nouveau mot de passe',
    },
    es: {
      subject: (site) => `Tu contraseña de ${site} ha cambiado`,
      heading: 'Tu contraseña ha cambiado',
      notice: (site) => `La contraseña de tu cuenta de ${site} ha cambiado.`,
      time: 'Fecha',
      expected: 'Si la has cambiado tú, no tienes que hacer nada.',
      unexpected: 'Si no la has cambiado tú, otra persona tiene acceso a tu cuenta. Elige una contraseña nueva ahora.',
      button: 'Elegir una contraseña nueva',
    },
  }),
  toLetter({ at, forgotLink: link }, site, texts) {
    const { heading } = texts
    return changeLetter({ subject: texts.subject(site), heading, notice: texts.notice(site), at, link }, texts)
  },
}

/** Writes the email `password_changed` (ASVS 6.3.7), as `writeNotice` does. */
export function writePasswordChangedMail(deps: NoticeDeps, user: User): Promise<readonly OutgoingMail[]> {
  const { links, clock } = deps
  const content: PasswordChangedMail = { kind: 'password_changed', at: clock(), forgotLink: links.forgotPassword }
  return writeNotice(deps, user, content)
}
