import { expect, test } from 'vitest'
import { SECURITY_TEXTS } from '../factors/security-texts.ts'
import { LANGUAGES, type Language } from '../kernel/language.ts'
import { SESSION_TEXTS } from '../sessions/texts.ts'
import { USER_EVENTS } from './events.ts'
import { REFUSALS } from './refusals.ts'
import { TEXT_TABLES } from './texts.ts'

/** A value that fits into every text. */
const VALUE: unknown = new Proxy(() => 'x', {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'x' : VALUE),
  apply: () => 'x',
})

/** Returns all texts of a language, with their names. */
function textsOf(language: Language): [string, string][] {
  const tables = TEXT_TABLES.flatMap(({ name, texts }) =>
    Object.entries(texts[language]).map(([key, text]): [string, string] => [
      `${name}.${key}`,
      String(typeof text === 'function' ? text(VALUE, 'totp_enrolled') : text),
    ]),
  )
  const refusals = Object.values(REFUSALS).flatMap((refusal): [string, string][] =>
    'text' in refusal && refusal.text !== null ? [[refusal.code, refusal.text[language]]] : [],
  )
  return [
    ...tables,
    ...refusals,
    ...Object.entries(USER_EVENTS).map(([type, texts]): [string, string] => [type, texts[language]]),
  ]
}

test.each(LANGUAGES)('%s: every text says something', (language) => {
  const texts = textsOf(language)
  expect(texts.length).toBeGreaterThan(200)
  expect(texts.filter(([, text]) => text.trim() === '' || /undefined|\[object|NaN/.test(text))).toEqual([])
})

test.each(LANGUAGES)('%s: nobody reads "0 devices" or "0 codes"', (language) => {
  const { othersLoggedOut } = SESSION_TEXTS.texts[language]
  const { codesLeft } = SECURITY_TEXTS.texts[language]
  for (const text of [othersLoggedOut({ count: 0 }), codesLeft(0)]) expect(text).not.toMatch(/\d/)
})

test('French punctuation does not begin a line: the space before it is a no-break space', () => {
  expect(textsOf('fr').filter(([, text]) => /(?:^|[^\u00a0\d])[?!;»](?:\s|$)|[ \w)][:](?:\s|$)|« /.test(text))).toEqual(
    [],
  )
})
