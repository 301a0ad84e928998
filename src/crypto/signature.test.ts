import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSigner, equalInConstantTime } from './signature.ts'

const secret = randomBytes(32)

describe('signatures', () => {
  const signer = createSigner([secret], 'test')

  test('any signed text opens unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(signer.open(signer.sign(text))).toBe(text)
      }),
    )
  })

  test('a text with a changed bit, another purpose or another secret, or any other text, does not open', () => {
    const signed = signer.sign('hello')
    for (let index = 0; index < signed.length; index++) {
      const other = signed[index] === 'A' ? 'B' : 'A'
      const opened = signer.open(`${signed.slice(0, index)}${other}${signed.slice(index + 1)}`)
      // The last character of base64url has unused bits.
      if (index < signed.length - 1) expect(opened).toBeNull()
    }
    expect(createSigner([secret], 'other').open(signed)).toBeNull()
    expect(createSigner([randomBytes(32)], 'test').open(signed)).toBeNull()
    for (const text of ['', '.', 'a', 'a.b.c', `${signed}.`, `.${signed}`]) expect(signer.open(text)).toBeNull()
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(signer.open(text)).toBeNull()
      }),
    )
  })

  test('a text signed with an older secret still opens; the newest secret signs', () => {
    const newest = randomBytes(32)
    const rotated = createSigner([newest, secret], 'test')
    expect(rotated.open(signer.sign('x'))).toBe('x')
    expect(createSigner([newest], 'test').open(rotated.sign('x'))).toBe('x')
  })

  test('comparison in constant time distinguishes equal from unequal (ASVS 11.2.4)', () => {
    expect(equalInConstantTime(Buffer.from('a'), Buffer.from('a'))).toBe(true)
    expect(equalInConstantTime(Buffer.from('a'), Buffer.from('b'))).toBe(false)
    expect(equalInConstantTime(Buffer.from('a'), Buffer.from('ab'))).toBe(false)
  })
})
