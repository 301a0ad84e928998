import { MINUTE_MS } from '../../kernel/clock.ts'
import { defineTexts } from '../../kernel/language.ts'
import type { Links } from '../../kernel/links.ts'
import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'
import { ONE_TIME_TOKENS } from '../../one-time-tokens/one-time-token.ts'

/** Lets a user set a new password. */
export interface PasswordResetMail {
  readonly kind: 'password_reset'
  /** Opens the page that sets a new password; contains the one-time token. */
  readonly link: string
  /** Minutes until the link expires. */
  readonly minutes: number
}

/** Template of `password_reset`. `validity` gets minutes. */
export const PASSWORD_RESET: MailTemplate<PasswordResetMail, LinkLetterTexts> = {
  texts: defineTexts<LinkLetterTexts>('password_reset', {
    en: {
      subject: (site) => `Set a new password for ${site}`,
      heading: 'Set a new password',
      request: (site) => `We received a request to reset the password of your account at ${site}.`,
      button: 'Set a new password',
      validity: (minutes) => `The link works once and is valid for ${quantity(minutes, 'minute', 'minutes')}.`,
      ignore: 'If you did not make this request, ignore this email. Your password stays the same.',
    },
    de: {
      subject: (site) => `Neues Passwort für ${site} festlegen`,
      heading: 'Neues Passwort festlegen',
      request: (site) => `Wir haben eine Anfrage erhalten, das Passwort Ihres Kontos bei ${site} zurückzusetzen.`,
      button: 'Neues Passwort festlegen',
      validity: (minutes) => `Der Link funktioniert einmal und gilt ${quantity(minutes, 'Minute', 'Minuten')}.`,
      ignore: 'Wenn diese Anfrage nicht von Ihnen kommt, ignorieren Sie diese E-Mail. Ihr Passwort bleibt unverändert.',
    },
    fr: {
      subject: (site) => `Choisissez un nouveau mot de passe pour ${site}`,
      heading: 'Choisissez un nouveau mot de passe',
      request: (site) => `Nous avons reçu une demande de réinitialisation du mot de passe de votre compte sur ${site}.`,
      button: 'Choisir un nouveau mot de passe',
      validity: (minutes) =>
        `Le lien fonctionne une seule fois et reste valable ${quantity(minutes, 'minute', 'minutes')}.`,
      ignore: 'Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail. Votre mot de passe reste le même.',
    },
    es: {
      subject: (site) => `Elige una contraseña nueva para ${site}`,
      heading: 'Elige una contraseña nueva',
      request: (site) => `Hemos recibido una solicitud para restablecer la contraseña de tu cuenta de ${site}.`,
      button: 'Elegir una contraseña nueva',
      validity: (minutes) =>
        `El enlace funciona una sola vez y es válido durante ${quantity(minutes, 'minuto', 'minutos')}.`,
      ignore: 'Si no has hecho esta solicitud, ignora este correo. Tu contraseña sigue siendo la misma.',
    },
  }),
  toLetter: ({ link, minutes }, site, texts) => linkLetter({ link, duration: minutes }, site, texts),
}

/** Returns the content of `password_reset` for a one-time token of that purpose. */
export function passwordResetContent({ resetPassword }: Links, token: string): PasswordResetMail {
  return {
    kind: 'password_reset',
    link: resetPassword(token),
    minutes: ONE_TIME_TOKENS.password_reset.lifeMs / MINUTE_MS,
  }
}
