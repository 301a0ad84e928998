import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCookie, toSetCookie } from './cookie-syntax.ts'

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/)
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)

describe('readCookie', () => {
  test('finds the one cookie among any others', () => {
    fc.assert(
      fc.property(token, fc.array(fc.tuple(name, token)), fc.nat(), (value, others, position) => {
        const pairs = others.filter(([other]) => other !== 'latchkey').map((pair) => pair.join('='))
        pairs.splice(position % (pairs.length + 1), 0, `latchkey=${value}`)
        expect(readCookie(pairs.join('; '), 'latchkey')).toEqual({ found: 'one', value })
      }),
    )
  })

  test('uses neither of two cookies with the same name, in any position', () => {
    fc.assert(
      fc.property(token, token, fc.array(fc.tuple(name, token)), (first, second, others) => {
        const pairs = others.map((pair) => pair.join('='))
        expect(readCookie([`latchkey=${first}`, ...pairs, `latchkey=${second}`].join(';'), 'latchkey').found).toBe(
          'several',
        )
      }),
    )
  })

  test('never throws, and never finds a cookie that is absent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        const cookie = readCookie(header, 'latchkey')
        if (cookie.found !== 'none') expect(header).toContain('latchkey=')
      }),
    )
  })

  test('compares the whole name, and its case', () => {
    for (const header of ['xlatchkey=1', 'latchkey-device=1', 'latchkey', 'Latchkey=1', 'a="latchkey=1"', '']) {
      expect(readCookie(header, 'latchkey').found).toBe('none')
    }
    expect(readCookie('latchkey=', 'latchkey')).toEqual({ found: 'one', value: '' })
  })
})

test('a cookie without a lifetime has neither Max-Age nor Expires', () => {
  expect(toSetCookie({ name: 'a', value: 'b', secure: false }, 0)).toBe('a=b; Path=/; HttpOnly; SameSite=Lax')
})
