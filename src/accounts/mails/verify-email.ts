import { defineTexts } from '../../kernel/language.ts'
import { type LinkLetterTexts, linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the email address of a new account, to verify it. */
export interface VerifyEmailMail {
  readonly kind: 'verify_email'
  /** Verifies the email address; contains the one-time token. */
  readonly link: string
  /** Hours until the link expires. */
  readonly hours: number
}

/** Template of `verify_email`. `validity` gets hours. */
export const VERIFY_EMAIL: MailTemplate<VerifyEmailMail, LinkLetterTexts> = {
  texts: defineTexts<LinkLetterTexts>('verify_email', {
    en: {
      subject: (site) => `Confirm your email address for ${site}`,
      heading: 'Confirm your email address',
      request: (site) => `We received a request to create an account at ${site} with this email address.`,
      button: 'Confirm your email address',
      validity: (hours) => `The link works once and is valid for ${quantity(hours, 'hour', 'hours')}.`,
      ignore: 'If you did not make this request, ignore this email and do not open the link.',
    },
    de: {
      subject: (site) => `Bestätigen Sie Ihre E-Mail-Adresse für ${site}`,
      heading: 'E-Mail-Adresse bestätigen',
      request: (site) =>
        `Wir haben eine Anfrage erhalten, mit dieser E-Mail-Adresse ein Konto bei ${site} zu erstellen.`,
      button: 'E-Mail-Adresse bestätigen',
      validity: (hours) => `Der Link funktioniert einmal und gilt ${quantity(hours, 'Stunde', 'Stunden')}.`,
      ignore: 'Wenn diese Anfrage nicht von Ihnen kommt, ignorieren Sie diese E-Mail und öffnen Sie den Link nicht.',
    },
    fr: {
      subject: (site) => `Confirmez votre adresse e-mail pour ${site}`,
      heading: 'Confirmez votre adresse e-mail',
      request: (site) => `Nous avons reçu une demande de création d’un compte sur ${site} avec cette adresse e-mail.`,
      button: 'Confirmer mon adresse e-mail',
      validity: (hours) => `Le lien fonctionne une seule fois et reste valable ${quantity(hours, 'heure', 'heures')}.`,
      ignore: 'Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail et n’ouvrez pas le lien.',
    },
    es: {
      subject: (site) => `Confirma tu dirección de correo para ${site}`,
      heading: 'Confirma tu dirección de correo',
      request: (site) => `Hemos recibido una solicitud para crear una cuenta en ${site} con esta dirección de correo.`,
      button: 'Confirmar mi dirección',
      validity: (hours) => `El enlace funciona una sola vez y es válido durante ${quantity(hours, 'hora', 'horas')}.`,
      ignore: 'Si no has hecho esta solicitud, ignora este correo y no abras el enlace.',
    },
  }),
  toLetter: ({ link, hours }, site, texts) => linkLetter({ link, duration: hours }, site, texts),
}
