import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastCpuMs } from '../../test/support/least-cpu.ts'
import { parseEmailAddress } from './email-address.ts'

describe('parseEmailAddress', () => {
  test.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace+x@EXAMPLE.com\n', 'ada.lovelace+x@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ÄDA@example.com', 'äda@example.com'],
    ['A\u0308da@example.com', 'äda@example.com'],
    ['ПОЧТА@example.com', 'почта@example.com'],
    ['ΜΑΡΙΟΣ@example.com', 'μαριοσ@example.com'],
    ['μαριος@example.com', 'μαριος@example.com'],
    ['\u1e9eX@example.com', 'ßx@example.com'],
    ['\u{10400}@example.com', '\u{10428}@example.com'],
    ['\u023a\u023e@example.com', '\u2c65\u2c66@example.com'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    ['почта@почта.рф', 'почта@xn--80a1acny.xn--p1ai'],
    ["o'hara!#$%&*+/?=^_`{|}~-@example.com", "o'hara!#$%&*+/?=^_`{|}~-@example.com"],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%j becomes %j', (text, normal) => {
    expect(parseEmailAddress(text)).toBe(normal)
  })

  test.each([
    ['the Kelvin sign in the domain', 'ada@\u212Aelvin.example'],
    ['the Kelvin sign in the local part', '\u212A@example.com'],
    ['full-width letters', 'ada@\uff45xample.com'],
    ['an ideographic full stop', 'ada@example\u3002com'],
    ['a full-width full stop', 'ada@example\uff0ecom'],
    ['a half-width ideographic full stop', 'ada@example\uff61com'],
    ['a ligature', 'ada@\ufb01sh.example'],
    ['the long s', 'ada@\u017fite.example'],
    ['a dotted capital I', 'ada@\u0130.example'],
    ['a Greek question mark', 'a\u037eb@example.com'],
    ['a full-width at sign', 'ada\uff20example.com'],
    ['NUL', 'a\0@example.com'],
    ['a line break', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a lone surrogate', 'a\ud800@example.com'],
    ['a bidi override', 'a\u202eb@example.com'],
    ['a zero-width joiner', 'a\u200db@example.com'],
    ['a soft hyphen', 'ada@exam\u00adple.com'],
    ['a no-break space', 'a\u00a0b@example.com'],
    ['no domain', 'ada@'],
    ['no local part', '@example.com'],
    ['no at sign', 'ada.example.com'],
    ['two dots', 'a..b@example.com'],
    ['a dot first', '.a@example.com'],
    ['a dot last', 'a.@example.com'],
    ['a quoted local part', '"ada"@example.com'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['an IPv4 address', 'ada@127.0.0.1'],
    ['a dotless domain', 'ada@localhost'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/x'],
    ['a percent escape', 'ada@exa%6dple.com'],
    ['a trailing dot', 'ada@example.com.'],
    ['a display name', 'Ada <ada@example.com>'],
    ['a dotted capital I in two pieces', 'I\u0307@example.com'],
    ['an encoded word', '=?utf-8?q?eve=40example.com?=@example.com'],
    ['the beginning of an encoded word', 'ada=?@example.com'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['a capital whose small letter makes 65 octets', `${'a'.repeat(62)}\u023a@example.com`],
    ['65 octets of local part', `${'a'.repeat(65)}@example.com`],
    ['255 octets', `a@${`${'b'.repeat(60)}.`.repeat(4)}${'c'.repeat(9)}`],
  ])('refuses %s', (_, text) => {
    expect(parseEmailAddress(text)).toBeNull()
  })

  test.each([
    ['a capital that composes differently from its small letter', 'H\u0331@example.com', '\u1e96@example.com'],
    ['a capital and its mark', 'A\u030a@example.com', '\u00e5@example.com'],
    ['the Angstrom sign', '\u212b@example.com', '\u00e5@example.com'],
  ])('%s has one form', (_, text, expected) => {
    expect(parseEmailAddress(text)).toBe(expected)
    expect(parseEmailAddress(expected)).toBe(expected)
  })

  const letterAndMark = fc
    .tuple(fc.constantFrom(...'abchijktwyABCHIJKTWY'), fc.integer({ min: 0x300, max: 0x36f }))
    .map(([letter, mark]) => letter + String.fromCodePoint(mark))
  const addressish = fc.oneof(
    fc.array(letterAndMark, { minLength: 1, maxLength: 4 }).map((letters) => `${letters.join('')}@example.com`),
    fc.string({ unit: 'binary' }),
    fc.emailAddress(),
    fc.tuple(fc.string({ unit: 'grapheme' }), fc.domain()).map((parts) => parts.join('@')),
    fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
      .map((parts) => `${parts.join('@')}.example`),
  )

  test('is idempotent for any text; the result is bounded and has no capitals', () => {
    fc.assert(
      fc.property(addressish, (text) => {
        const address = parseEmailAddress(text)
        if (address === null) return
        expect(parseEmailAddress(address)).toBe(address)
        expect(parseEmailAddress(` ${address.toUpperCase().toLowerCase()} `)).not.toBe('')
        expect(Buffer.byteLength(address)).toBeLessThanOrEqual(254)
        expect(address).not.toMatch(/[A-Z\p{Cc}\p{Changes_When_Lowercased}]/u)
        expect(address).toMatch(/@[a-z0-9.-]+$/)
      }),
      { numRuns: 3_000 },
    )
  })

  test('the capital and the small letter of every script are one account', () => {
    const letters: string[] = []
    for (let code = 0x80; code <= 0x1ffff; code++) {
      const letter = String.fromCodePoint(code)
      if (/\p{Changes_When_Lowercased}/u.test(letter)) letters.push(letter)
    }
    expect(letters.length).toBeGreaterThan(1_300)
    for (const letter of letters) {
      const capital = parseEmailAddress(`${letter}@example.com`)
      // Refused: a character whose compatibility form contains ASCII.
      if (capital !== null) expect(capital).toBe(parseEmailAddress(`${letter.toLowerCase()}@example.com`))
    }
  })

  test('turns no other character into ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), (characters) => {
        const address = parseEmailAddress(`x${characters}y@a${characters}b.example`)
        if (address === null || !/[^\0-\u007f]/.test(characters)) return
        expect(address).toMatch(/[^\0-\u007f]/)
        expect(address).toContain('xn--')
      }),
      { numRuns: 3_000 },
    )
  })

  test('refuses 50 kB of any text within 20 ms', async () => {
    for (const text of [
      'a.'.repeat(25_000),
      'a@'.repeat(25_000),
      `${' '.repeat(50_000)}x`,
      `a@${'b-'.repeat(25_000)}`,
    ]) {
      expect(parseEmailAddress(text)).toBeNull()
      expect(await leastCpuMs(() => parseEmailAddress(text))).toBeLessThan(20)
    }
  })
})
