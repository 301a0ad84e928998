/*
 * Languages of pages and emails. Each room states its texts with `defineTexts`, in every language at the same place: a text
 * that is missing in one language does not compile.
 */

/** The languages that Latchkey speaks (BCP 47), and their own names. */
export const LANGUAGE_NAMES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español' } as const

/** A language of pages and emails. */
export type Language = keyof typeof LANGUAGE_NAMES

/** All languages, English first. */
export const LANGUAGES: readonly Language[] = Object.keys(LANGUAGE_NAMES) as Language[] // the keys are the languages

/** The same thing in every language. */
export type InLanguages<T> = { readonly [Each in Language]: T }

/** Texts by name: each is a sentence, or a function that puts values into it. */
export interface TextTable<T extends object = object> {
  /** Name of the table in the option `texts`, and before the dot in `login.title`. */
  readonly name: string
  readonly texts: InLanguages<T>
}

/**
 * Defines the texts of a room. The English texts decide which texts there are and which values they take.
 * @param name name of the table, such as `login`.
 */
export function defineTexts<T extends object>(
  name: string,
  texts: { readonly en: T } & { readonly [Other in Exclude<Language, 'en'>]: NoInfer<T> },
): TextTable<T> {
  return { name, texts }
}

const MAX_RANGES = 20

/**
 * Chooses the language of an answer (RFC 9110 section 12.5.4, RFC 4647 section 3.4): the range with the highest weight
 * whose first subtag is one of the languages, so that `de-AT` gets `de`.
 * @param header the header Accept-Language; null if the request has none.
 * @param languages the languages of this service; the first one is the default.
 */
export function chooseLanguage(header: string | null, languages: readonly [Language, ...Language[]]): Language {
  let chosen = { language: languages[0], weight: 0 }
  for (const range of (header ?? '').split(',', MAX_RANGES)) {
    const [tag = '', ...parameters] = range
      .toLowerCase()
      .split(';', MAX_RANGES)
      .map((part) => part.trim())
    const weight = weightOf(parameters)
    const language = languages.find((each) => each === tag.split('-')[0])
    if (language !== undefined && weight > chosen.weight) chosen = { language, weight }
  }
  return chosen.language
}

function weightOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = quality === undefined ? 1 : Number(quality.slice(2))
  return weight >= 0 && weight <= 1 ? weight : 0
}
