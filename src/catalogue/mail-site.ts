import type { Language } from '../kernel/language.ts'
import { createLocales, type TextOverrides } from '../kernel/locale.ts'
import type { Brand } from '../pages/brand.ts'
import type { MailSite, MailTextOverrides } from './mails.ts'

/** The options that emails depend on. */
export interface MailSiteOptions {
  readonly baseUrl: string
  readonly siteName?: string | undefined
  readonly languages: readonly [Language, ...Language[]]
  readonly texts: TextOverrides
  readonly mailTexts?: MailTextOverrides | undefined
}

/** Returns what the emails of an instance have in common. Its logo is a PNG or JPEG, because email clients show no SVG. */
export function mailSite(options: MailSiteOptions, { logo, colors, radius, support }: Brand): MailSite {
  const { origin, host } = new URL(options.baseUrl)
  const isShown = logo !== null && /\.(?:png|jpe?g)$/.test(logo)
  return {
    siteName: options.siteName ?? host,
    look: { colors, radius, logo: isShown ? `${origin}${logo}` : null, support },
    languages: options.languages,
    locale: createLocales(options.texts),
    overrides: options.mailTexts,
  }
}
