import { expect, test } from 'vitest'
import { keepTogether } from './keep-together.ts'

test.each([
  ['Ihre E-Mail-Adresse.', 'Ihre E\u2011Mail-Adresse.'],
  ['votre adresse e-mail. Puis', 'votre adresse e\u2011mail. Puis'],
  ['Consultez vos e-mails : « e-mail »', 'Consultez vos e\u2011mails : « e\u2011mail »'],
  ['(e-mail)', '(e\u2011mail)'],
])('%s: the word stays together', (text, expected) => {
  expect(keepTogether(text)).toBe(expected)
})

test.each([
  'ada@e-mail.example',
  'e-mail@example.com',
  'e-mail.ada+x@example.com',
  'mon-e-mail@example.com',
  'https://e-mail.example/e-mail',
  'e-mail.example',
  'télé-mail',
])('%s: addresses and URLs can be copied', (text) => {
  expect(keepTogether(text)).toBe(text)
})
