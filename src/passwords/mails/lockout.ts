import { defineTexts } from '../../kernel/language.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Tells a user that their password was disabled after too many failed logins (NIST SP 800-63B-4 section 3.2.2). */
export interface LockoutMail {
  readonly kind: 'lockout'
  /** Failed logins since the last successful one. */
  readonly failures: number
  /** Opens the page for forgotten passwords. */
  readonly resetLink: string
}

/** Texts of `lockout`. */
export interface LockoutTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string, failures: number) => string
  readonly consequence: string
  readonly button: string
  readonly advice: string
}

/** Template of `lockout`. */
export const LOCKOUT: MailTemplate<LockoutMail, LockoutTexts> = {
  texts: defineTexts<LockoutTexts>('lockout', {
    en: {
      subject: (site) => `Your ${site} password was disabled`,
      heading: 'Your password was disabled',
      notice: (site, failures) =>
        `Your account at ${site} had ${quantity(failures, 'failed login', 'failed logins')} in a row.`,
      consequence:
        'These may be attempts to guess your password. To protect your account, we disabled the password. ' +
        'Set a new one to log in again.',
      button: 'Set a new password',
      advice: 'If you use the old password elsewhere, change it there too.',
    },
    de: {
      subject: (site) => `Ihr Passwort bei ${site} wurde deaktiviert`,
      heading: 'Ihr Passwort wurde deaktiviert',
      notice: (site, failures) =>
        `In Ihrem Konto bei ${site} gab es ${quantity(failures, 'fehlgeschlagene Anmeldung', 'fehlgeschlagene Anmeldungen')} in Folge.`,
      consequence:
        'Das können Versuche sein, Ihr Passwort zu erraten. Zum Schutz Ihres Kontos haben wir das Passwort deaktiviert. ' +
        'Legen Sie ein neues fest, um sich wieder anzumelden.',
      button: 'Neues Passwort festlegen',
      advice: 'Wenn Sie das alte Passwort auch anderswo verwenden, ändern Sie es dort ebenfalls.',
    },
    fr: {
      subject: (site) => `Votre mot de passe ${site} a été désactivé`,
      heading: 'Votre mot de passe a été désactivé',
      notice: (site, failures) =>
        `Votre compte sur ${site} a enregistré ${quantity(failures, 'échec de connexion', 'échecs de connexion')} de suite.`,
      consequence:
        'Il s’agit peut-être de tentatives de deviner votre mot de passe. Pour protéger votre compte, nous avons désactivé le mot de passe. ' +
        'Choisissez-en un nouveau pour vous reconnecter.',
      button: 'Choisir un nouveau mot de passe',
      advice: 'Si vous utilisez l’ancien mot de passe ailleurs, changez-le là aussi.',
    },
    es: {
      subject: (site) => `Tu contraseña de ${site} se ha desactivado`,
      heading: 'Tu contraseña se ha desactivado',
      notice: (site, failures) =>
        `Tu cuenta de ${site} ha tenido ${quantity(failures, 'inicio de sesión fallido', 'inicios de sesión fallidos')} seguidos.`,
      consequence:
        'Pueden ser intentos de adivinar tu contraseña. Para proteger tu cuenta, hemos desactivado la contraseña. ' +
        'Elige una nueva para volver a iniciar sesión.',
      button: 'Elegir una contraseña nueva',
      advice: 'Si usas la contraseña antigua en otros sitios, cámbiala también allí.',
    },
  }),
  toLetter: ({ failures, resetLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site, failures), texts.consequence],
    action: { label: texts.button, link: resetLink },
    after: [texts.advice],
  }),
}
