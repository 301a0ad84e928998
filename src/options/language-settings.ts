import { z } from 'zod'
import { findUnknownTexts, type PageTextOverrides } from '../catalogue/texts.ts'
import { LANGUAGES, type Language } from '../kernel/language.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Languages and texts of pages and emails. */
export interface LanguageSettings {
  /** Languages that the service speaks; the first one is the default. Default: `['en', 'de', 'fr', 'es']`. */
  readonly languages: readonly [Language, ...Language[]]
  /** Texts of pages in place of ours: `{ de: { login: { button: 'Los' } } }`. Default: none. */
  readonly texts: PageTextOverrides
}

const DEFAULT_LANGUAGES = ['en', 'de', 'fr', 'es'] as const

/** The table of the settings of languages. */
export const languageSettings: Settings<LanguageSettings> = defineSettings<LanguageSettings>(
  null,
  {
    languages: {
      meaning: 'languages of pages and emails; the first one is the default',
      default: DEFAULT_LANGUAGES,
      schema: z
        .tuple([z.enum(LANGUAGES)], z.enum(LANGUAGES))
        .refine((languages) => new Set(languages).size === languages.length, 'must not name a language twice'),
    },
    texts: {
      meaning: 'texts of [pages](pages.md) in place of ours, by language, table and name',
      default: {},
      defaultIs: 'none',
      schema: z.custom<PageTextOverrides>(isTables, 'must be texts by language and table'),
    },
  },
  ({ texts }) => {
    const unknown = findUnknownTexts(texts)
    return unknown.length === 0 ? null : `texts: there is no such text, or it has another type: ${unknown.join(', ')}`
  },
)

function isTables(value: unknown): boolean {
  const languages = z.partialRecord(z.enum(LANGUAGES), z.record(z.string(), z.record(z.string(), z.unknown())))
  return languages.safeParse(value).success
}
