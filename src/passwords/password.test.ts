import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptNewPassword, codePoints, toPassword } from './password.ts'

const policy = { minLength: 15, contextWords: ['Acme Bank', 'id.acme.example'] }
const accept = (text: string): string =>
  acceptNewPassword(policy, text, { email: 'ada.lovelace@example.com', pointer: '#/password' })

describe('the password policy', () => {
  test('any Unicode of 15 to 1,024 code points is taken, whatever it is composed of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 15, maxLength: 200 }), (text) => {
        const length = codePoints(text.normalize('NFC'))
        if (length >= 15 && length <= 1_024) expect(accept(text)).toBe(text.normalize('NFC'))
      }),
    )
    for (const text of [
      'aaaaaaaaaaaaaaa',
      ' '.repeat(15),
      '\u{1f600}'.repeat(15),
      'x'.repeat(1_024),
      '123456789012345',
    ]) {
      expect(accept(text)).toBe(text)
    }
  })

  test('length counts code points after NFC', () => {
    expect(() => accept('\u{1f600}'.repeat(14))).toThrow()
    expect(() => accept('e\u0301'.repeat(14))).toThrow()
    expect(accept('e\u0301'.repeat(15))).toBe('\u00e9'.repeat(15))
    expect(() => accept('x'.repeat(1_025))).toThrow()
  })

  test.each([
    'ada.lovelace@example.com',
    'ADA.LOVELACE@EXAMPLE.COM',
    'ada.lovelaceada.lovelace',
    'Acme Bank Acme Bank',
    'acme bank 2026!',
    'id.acme.example1',
  ])('%s is built from the email or the site', (text) => {
    expect(() => accept(text)).toThrow()
  })

  test('a password that merely contains such a word is fine', () => {
    expect(accept('my acme bank is a river bank')).toBeTruthy()
  })

  test('nothing but NFC is done to a password', () => {
    expect(toPassword('  Cafe\u0301 \uff21 ')).toBe('  Caf\u00e9 \uff21 ')
  })
})
