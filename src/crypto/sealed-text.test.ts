import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSealer } from './sealed-text.ts'

const secret = randomBytes(32)
const sealer = createSealer([secret], 'mail')

describe('sealed text', () => {
  test('any text opens unchanged, and its sealed form differs each time (ASVS 11.3.1)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = sealer.seal(text)
        expect(sealer.open(sealed)).toBe(text)
        expect(sealer.seal(text)).not.toBe(sealed)
      }),
    )
  })

  test('a text that was altered, truncated, or sealed for another purpose or with another secret does not open (ASVS 11.2.5, 11.3.3)', () => {
    const sealed = sealer.seal('https://example.com/?token=lkr_secret')
    const bytes = Buffer.from(sealed, 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const altered = Buffer.from(bytes)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(sealer.open(altered.toString('base64url'))).toBeNull()
      expect(sealer.open(bytes.subarray(0, index).toString('base64url'))).toBeNull()
    }
    expect(createSealer([secret], 'flash').open(sealed)).toBeNull()
    expect(createSealer([randomBytes(32)], 'mail').open(sealed)).toBeNull()
  })

  test('a text sealed with an older secret still opens', () => {
    expect(createSealer([randomBytes(32), secret], 'mail').open(sealer.seal('x'))).toBe('x')
  })

  test('any other text is refused (ASVS 1.5.2)', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(sealer.open(text)).toBeNull()
      }),
    )
  })
})
