import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headerText } from './header-text.ts'

describe('headerText', () => {
  test.each([
    ['line breaks', 'a\r\nBcc: b\n\n c', 'a Bcc: b c'],
    ['control characters', 'a\0b\u001bc\u007fd\u0085e', 'abcde'],
    ['escape sequences of a terminal', '\u001b[2Jgone', '[2Jgone'],
    ['bidi overrides and isolates', 'a\u202eb\u202dc\u2066d\u2069e\u200ef', 'abcdef'],
    ['zero-width space and byte-order mark', 'pay\u200bpal\ufeff.com', 'paypal .com'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
    ['lone surrogates', 'a\ud800b', 'ab'],
    ['an encoded word in pieces', '=\u202e?utf-8?q?x?=', '= ?utf-8?q?x?='],
    ['blanks at the ends', '\u00a0 a \t', 'a'],
  ])('%s', (_, text, line) => {
    expect(headerText(text)).toBe(line)
  })

  test('names in all scripts stay unchanged', () => {
    for (const name of ['Žofie', 'محمد', 'نمی‌خواهم', 'क्‍ष', '世界', '👩‍💻']) expect(headerText(name)).toBe(name)
  })

  test('the result has at most 200 code points, and none is cut in two', () => {
    expect(headerText('𝒳'.repeat(300))).toBe('𝒳'.repeat(200))
  })

  test('any text becomes one harmless line, and a harmless line stays unchanged (ASVS 1.3.3, 16.4.1)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const line = headerText(text)
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]|=\?/u)
        expect([...line].length).toBeLessThanOrEqual(200)
        expect(headerText(line)).toBe(line)
      }),
    )
  })
})
