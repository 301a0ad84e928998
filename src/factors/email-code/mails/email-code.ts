import { MINUTE_MS } from '../../../kernel/clock.ts'
import { defineTexts } from '../../../kernel/language.ts'
import type { Links } from '../../../kernel/links.ts'
import { ATTEMPT_LIFE_MS } from '../../../login/attempt-token.ts'
import type { MailTemplate } from '../../../mail/mail-template.ts'
import { quantity } from '../../../mail/quantity.ts'

/** Has a code and a link to log in with. */
export interface EmailCodeMail {
  readonly kind: 'email_code'
  /** Eight digits without a gap, so that mail clients and phones recognize and copy them. */
  readonly code: string
  /** Opens a page with a button; contains the token. */
  readonly link: string
  /** Minutes until both expire. */
  readonly minutes: number
}

/** Texts of `email_code`. */
export interface EmailCodeTexts {
  readonly subject: (site: string, code: string) => string
  readonly heading: string
  readonly request: (site: string) => string
  readonly code: string
  readonly button: string
  readonly validity: (minutes: number) => string
  readonly ignore: string
}

/** Template of `email_code`. */
export const EMAIL_CODE: MailTemplate<EmailCodeMail, EmailCodeTexts> = {
  texts: defineTexts<EmailCodeTexts>('email_code', {
    en: {
      subject: (site, code) => `${code} is your code for ${site}`,
      heading: 'Your code',
      request: (site) =>
        `Type this code in the browser in which you want to log in to ${site}. Do not give it to anyone.`,
      code: 'Your code',
      button: 'Continue with the link',
      validity: (minutes) =>
        `The code and the link work once and are valid for ${quantity(minutes, 'minute', 'minutes')}. The link works in the same browser; on another device it shows the code.`,
      ignore: 'If you did not ask for this, ignore this email. Nobody can log in without it.',
    },
    de: {
      subject: (site, code) => `${code} ist Ihr Code für ${site}`,
      heading: 'Ihr Code',
      request: (site) =>
        `Geben Sie diesen Code in dem Browser ein, in dem Sie sich bei ${site} anmelden möchten. Geben Sie ihn an niemanden weiter.`,
      code: 'Ihr Code',
      button: 'Mit dem Link fortfahren',
      validity: (minutes) =>
        `Code und Link funktionieren einmal und gelten ${quantity(minutes, 'Minute', 'Minuten')}. Der Link funktioniert im selben Browser; auf einem anderen Gerät zeigt er den Code.`,
      ignore:
        'Wenn diese Anfrage nicht von Ihnen kommt, ignorieren Sie diese E-Mail. Ohne sie kann sich niemand anmelden.',
    },
    fr: {
      subject: (site, code) => `${code} est votre code pour ${site}`,
      heading: 'Votre code',
      request: (site) =>
        `Saisissez ce code dans le navigateur où vous voulez vous connecter à ${site}. Ne le communiquez à personne.`,
      code: 'Votre code',
      button: 'Continuer avec le lien',
      validity: (minutes) =>
        `Le code et le lien fonctionnent une seule fois et restent valables ${quantity(minutes, 'minute', 'minutes')}. Le lien fonctionne dans le même navigateur. Sur un autre appareil, il affiche le code.`,
      ignore:
        'Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail. Sans lui, personne ne peut se connecter.',
    },
    es: {
      subject: (site, code) => `${code} es tu código de ${site}`,
      heading: 'Tu código',
      request: (site) =>
        `Escribe este código en el navegador en el que quieres iniciar sesión en ${site}. No se lo des a nadie.`,
      code: 'Tu código',
      button: 'Continuar con el enlace',
      validity: (minutes) =>
        `El código y el enlace funcionan una sola vez y son válidos durante ${quantity(minutes, 'minuto', 'minutos')}. El enlace funciona en el mismo navegador; en otro dispositivo muestra el código.`,
      ignore: 'Si no has hecho esta solicitud, ignora este correo. Sin él nadie puede iniciar sesión.',
    },
  }),
  toLetter: ({ code, link, minutes }, site, texts) => ({
    subject: texts.subject(site, code),
    heading: texts.heading,
    before: [texts.request(site)],
    facts: [{ label: texts.code, value: code, isLarge: true }],
    action: { label: texts.button, link },
    after: [texts.validity(minutes), texts.ignore],
  }),
}

/** Returns the content of `email_code`. */
export function emailCodeContent(
  links: Links,
  { token, code }: { readonly token: string; readonly code: string },
): EmailCodeMail {
  return { kind: 'email_code', code, link: links.emailLogin(token), minutes: ATTEMPT_LIFE_MS / MINUTE_MS }
}
