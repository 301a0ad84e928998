import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts'
import type { Language, TextTable } from './language.ts'

/** Texts of an application in place of ours: by language, table and name. */
export type TextOverrides = { readonly [Each in Language]?: Readonly<Record<string, object>> }

/** Texts and formats of one language. */
export interface Locale {
  readonly language: Language
  /** Returns the texts of a table in this language, with the texts of the application in place of ours. */
  texts<T extends object>(table: TextTable<T>): T
  /** `27 November 2026 at 09:50 UTC`. */
  dateTime(timeMs: number): string
  /** `09:50 UTC`. */
  clock(timeMs: number): string
  /** `27 November 2026`, in UTC. */
  day(timeMs: number): string
  /** `3 days ago`, `in 2 hours`. */
  relative(timeMs: number, now: number): string
  /** `30 days`, `10 minutes`: in the largest unit that fits, rounded up. */
  duration(ms: number): string
  /** `read, write and delete`. */
  list(words: readonly string[]): string
}

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
] as const

const RELATIVE_UNITS = [['year', 365 * DAY_MS], ['month', 30 * DAY_MS], ['week', 7 * DAY_MS], ...UNITS] as const

/** Creates a locale. It formats times in UTC: the script of a page shows them in the time zone of the reader. */
export function createLocale(language: Language, overrides: TextOverrides = {}): Locale {
  const tag = language === 'en' ? 'en-GB' : language
  const dateTime = new Intl.DateTimeFormat(tag, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'short', timeZone: 'UTC' })
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' })
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })
  const list = new Intl.ListFormat(tag)
  const merged = new Map<TextTable, object>()
  return {
    language,
    texts<T extends object>(table: TextTable<T>): T {
      const known = merged.get(table)
      if (known !== undefined) return known as T // merged from the same table
      const texts = { ...table.texts[language], ...overrides[language]?.[table.name] }
      merged.set(table, texts)
      return texts
    },
    dateTime: (timeMs) => `${dateTime.format(timeMs)} UTC`,
    clock: (timeMs) => `${clock.format(timeMs)} UTC`,
    day: (timeMs) => day.format(timeMs),
    relative(timeMs, now) {
      const distance = timeMs - now
      const [unit, size] = RELATIVE_UNITS.find(([, ms]) => Math.abs(distance) >= ms) ?? ['second', SECOND_MS]
      // A time of a few seconds ago is "now": a page that says "3 seconds ago" is wrong when it is read.
      return unit === 'second' ? relative.format(0, 'second') : relative.format(Math.trunc(distance / size), unit)
    },
    duration(ms) {
      const [unit, size] = UNITS.find(([, each]) => ms >= each) ?? ['second', SECOND_MS]
      const format = new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' })
      return format.format(Math.ceil(ms / size))
    },
    list: (words) => list.format(words),
  }
}

/** Creates locales on demand, one per language. */
export function createLocales(overrides: TextOverrides): (language: Language) => Locale {
  const created = new Map<Language, Locale>()
  return (language) => {
    const known = created.get(language)
    if (known !== undefined) return known
    const locale = createLocale(language, overrides)
    created.set(language, locale)
    return locale
  }
}

/** Returns a text of any table by its name, such as `sessions.loggedOut`; null if it does not exist. */
export function findText(
  locale: Locale,
  tables: readonly TextTable[],
  name: string,
  values: Readonly<Record<string, string | number>>,
): string | null {
  const [tableName = '', key = ''] = name.split('.')
  const table = tables.find((each) => each.name === tableName)
  if (table === undefined) return null
  const texts: Readonly<Record<string, unknown>> = { ...locale.texts(table) }
  const text = Object.hasOwn(texts, key) ? texts[key] : undefined
  if (typeof text === 'string') return text
  return typeof text === 'function' ? String(text(values)) : null
}
