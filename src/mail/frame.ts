import { defineTexts, type TextTable } from '../kernel/language.ts'

/** The frame around a letter. */
export interface Frame {
  /** Name of the site. */
  readonly site: string
  /** Language of the texts as in HTML's `lang` (BCP 47). */
  readonly language: string
  readonly look: MailLook
  readonly texts: FrameTexts
  /** Formats a time, with its time zone. */
  readonly formatTime: (timeMs: number) => string
}

/** The look of all emails of a site. */
export interface MailLook {
  readonly colors: MailColors
  /** Radius of the button in pixels. */
  readonly radius: number
  /** URL of the logo, a PNG or JPEG; null: the email shows the name of the site. */
  readonly logo: string | null
  /** URL of the help; null: there is none. */
  readonly support: string | null
}

/** The colour of the brand and the colour of text on it, on light and on dark screens. */
export interface MailColors {
  readonly light: string
  readonly onLight: string
  readonly dark: string
  readonly onDark: string
}

/** Texts that all emails share. */
export interface FrameTexts {
  /** Text above the full link of the button. HTML only. */
  readonly linkHint: string
  /** The last line of each email. */
  readonly footer: (site: string) => string
  /** Text before the address of the help. */
  readonly support: string
  /** Follows the name of a value. */
  readonly colon: string
}

/** The texts of the frame in each language. */
export const FRAME_TEXTS: TextTable<FrameTexts> = defineTexts<FrameTexts>('email', {
  en: {
    linkHint: 'If the button does not work, open this link:',
    footer: (site) => `${site} sent this email automatically. We do not read replies.`,
    support: 'Help',
    colon: ':',
  },
  de: {
    linkHint: 'Wenn die Schaltfläche nicht funktioniert, öffnen Sie diesen Link:',
    footer: (site) => `${site} hat diese E-Mail automatisch verschickt. Antworten werden nicht gelesen.`,
    support: 'Hilfe',
    colon: ':',
  },
  fr: {
    linkHint: 'Si le bouton ne fonctionne pas, ouvrez ce lien :',
    footer: (site) => `${site} a envoyé cet e-mail automatiquement. Les réponses ne sont pas lues.`,
    support: 'Aide',
    colon: ' :',
  },
  es: {
    linkHint: 'Si el botón no funciona, abre este enlace:',
    footer: (site) => `${site} ha enviado este correo automáticamente. Nadie lee las respuestas.`,
    support: 'Ayuda',
    colon: ':',
  },
})

/** Returns the address of the help as people read it, without `mailto:`. */
export function supportName(url: string): string {
  const [address = url] = url.replace(/^mailto:/i, '').split('?', 1)
  return address
}
