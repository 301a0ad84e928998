import { defineTexts } from '../../kernel/language.ts'
import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the new email address of an account, to verify it before the change. */
export interface EmailChangeMail {
  readonly kind: 'email_change'
  /** Confirms the change; contains the one-time token. */
  readonly link: string
  /** Hours until the link expires. */
  readonly hours: number
}

/** Template of `email_change`. `validity` gets hours. */
export const EMAIL_CHANGE: MailTemplate<EmailChangeMail, LinkLetterTexts> = {
  texts: defineTexts<LinkLetterTexts>('email_change', {
    en: {
      subject: (site) => `Confirm your new email address for ${site}`,
      heading: 'Confirm your new email address',
      request: (site) => `We received a request to use this email address for an account at ${site}.`,
      button: 'Confirm your new email address',
      validity: (hours) => `The link works once and is valid for ${quantity(hours, 'hour', 'hours')}.`,
      ignore: 'If you did not make this request, ignore this email. Nothing changes.',
    },
    de: {
      subject: (site) => `Bestätigen Sie Ihre neue E-Mail-Adresse für ${site}`,
      heading: 'Neue E-Mail-Adresse bestätigen',
      request: (site) =>
        `Wir haben eine Anfrage erhalten, diese E-Mail-Adresse für ein Konto bei ${site} zu verwenden.`,
      button: 'Neue E-Mail-Adresse bestätigen',
      validity: (hours) => `Der Link funktioniert einmal und gilt ${quantity(hours, 'Stunde', 'Stunden')}.`,
      ignore: 'Wenn diese Anfrage nicht von Ihnen kommt, ignorieren Sie diese E-Mail. Es ändert sich nichts.',
    },
    fr: {
      subject: (site) => `Confirmez votre nouvelle adresse e-mail pour ${site}`,
      heading: 'Confirmez votre nouvelle adresse e-mail',
      request: (site) =>
        `Nous avons reçu une demande d’utilisation de cette adresse e-mail pour un compte sur ${site}.`,
      button: 'Confirmer la nouvelle adresse e-mail',
      validity: (hours) => `Le lien fonctionne une seule fois et reste valable ${quantity(hours, 'heure', 'heures')}.`,
      ignore: 'Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail. Rien ne change.',
    },
    es: {
      subject: (site) => `Confirma tu nueva dirección de correo para ${site}`,
      heading: 'Confirma tu nueva dirección de correo',
      request: (site) => `Hemos recibido una solicitud para usar esta dirección de correo en una cuenta de ${site}.`,
      button: 'Confirmar la nueva dirección',
      validity: (hours) => `El enlace funciona una sola vez y es válido durante ${quantity(hours, 'hora', 'horas')}.`,
      ignore: 'Si no has hecho esta solicitud, ignora este correo. No cambia nada.',
    },
  }),
  toLetter: ({ link, hours }, site, texts) => linkLetter({ link, duration: hours }, site, texts),
}
