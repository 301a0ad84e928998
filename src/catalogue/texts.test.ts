import { expect, test } from 'vitest'
import { LANGUAGES, type Language } from '../kernel/language.ts'
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

test('French punctuation does not begin a line: the space before it is a no-break space', () => {
  expect(textsOf('fr').filter(([, text]) => /(?:^|[^\u00a0\d])[?!;»](?:\s|$)|[ \w)][:](?:\s|$)|« /.test(text))).toEqual(
    [],
  )
})
