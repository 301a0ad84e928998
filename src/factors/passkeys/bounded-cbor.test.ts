import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeCbor } from '../../testing/encode-cbor.ts'
import { skipCbor } from './bounded-cbor.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

test('an item ends where the next one begins', () => {
  const value = encodeCbor(
    new Map<string | number, string | Uint8Array>([
      ['a', 'b'],
      [-1, Buffer.alloc(300)],
    ]),
  )
  expect(skipCbor(Buffer.concat([value, hex('00')]), 0)).toBe(value.length)
})

test.each([
  ['empty', ''],
  ['cut', '58ff00'],
  ['deep', `${'81'.repeat(5)}00`],
  ['endless', '9f00ff'],
  ['tagged', 'c000'],
  ['a length beyond every buffer', '5b7fffffffffffffff'],
  ['many items', `98ff${'00'.repeat(255)}`],
  ['a reserved length', '1c'],
])('CBOR that is %s is refused', (_, text) => {
  expect(() => skipCbor(hex(text), 0)).toThrow('CBOR')
})

test('no bytes make it crash, hang or read beyond the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(skipCbor(Buffer.from(bytes), 0)).toBeLessThanOrEqual(bytes.length)
      } catch (error) {
        expect(String(error)).toContain('CBOR')
      }
    }),
  )
})
