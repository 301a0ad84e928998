import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastCpuMs } from '../../test/support/least-cpu.ts'
import { Refusal } from '../kernel/refusal.ts'
import { parseStrictJson } from './strict-json.ts'

describe('parseStrictJson', () => {
  test('accepts every text that JSON.parse accepts, with the same value, if no member occurs twice', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(parseStrictJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 1_000 },
    )
  })

  test('refuses every text that JSON.parse refuses (ASVS 1.5.3)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        if (!parses) expect(() => parseStrictJson(text)).toThrow('not valid JSON')
      }),
      { numRuns: 1_000 },
    )
  })

  test('finds a member that occurs twice, at any depth, even if it is escaped differently (ASVS 1.1.1, 1.5.3, 15.3.7)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue(), fc.jsonValue(), fc.nat(4), (name, a, b, depth) => {
        const escaped = [...name]
          .map((char) =>
            [...Array(char.length)].map((_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
          )
          .join('')
        let text = `{${JSON.stringify(name)}:${JSON.stringify(a)},"${escaped}":${JSON.stringify(b)}}`
        for (let level = 0; level < depth; level++) text = level % 2 ? `[1,${text}]` : `{"x":${text}}`
        expect(() => parseStrictJson(text)).toThrow('the same member twice')
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"\\\\":1,"\\"":2}',
  ])('%s has no member twice', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })

  test('16 KiB of input that is built to be slow is answered at once', async () => {
    for (const text of [
      '['.repeat(8_000) + ']'.repeat(8_000),
      `"${'\\\\'.repeat(8_000)}"`,
      `{"a":"${'\\"'.repeat(8_000)}`,
      '"'.repeat(16_000),
    ]) {
      const parse = (): void => {
        try {
          parseStrictJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }
      expect(await leastCpuMs(parse)).toBeLessThan(20)
    }
  })
})
