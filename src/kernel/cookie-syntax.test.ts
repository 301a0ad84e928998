import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_COOKIES, readCookies, toSetCookie } from './cookie-syntax.ts'

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/)
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)

describe('readCookies', () => {
  test('finds the one cookie among any others', () => {
    fc.assert(
      fc.property(token, fc.array(fc.tuple(name, token)), fc.nat(), (value, others, position) => {
        const pairs = others.filter(([other]) => other !== 'latchkey').map((pair) => pair.join('='))
        pairs.splice(position % (pairs.length + 1), 0, `latchkey=${value}`)
        expect(readCookies(pairs.join('; '), 'latchkey')).toEqual([value])
      }),
    )
  })

  test('finds all cookies with the same name, in their order, and at most one too many', () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), fc.array(fc.tuple(name, token)), (values, others) => {
        const pairs = others.filter(([other]) => other !== 'latchkey').map((pair) => pair.join('='))
        const header = [...values.flatMap((value) => [`latchkey=${value}`, ...pairs])].join(';')
        expect(readCookies(header, 'latchkey')).toEqual(values.slice(0, MAX_COOKIES + 1))
      }),
    )
  })

  test('never throws, and never finds a cookie that is absent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        const cookies = readCookies(header, 'latchkey')
        if (cookies.length > 0) expect(header).toContain('latchkey=')
      }),
    )
  })

  test('compares the whole name, and its case', () => {
    for (const header of ['xlatchkey=1', 'latchkey-device=1', 'latchkey', 'Latchkey=1', 'a="latchkey=1"', '']) {
      expect(readCookies(header, 'latchkey')).toEqual([])
    }
    expect(readCookies('latchkey=', 'latchkey')).toEqual([''])
  })
})

test('a cookie without a lifetime has neither Max-Age nor Expires', () => {
  expect(toSetCookie({ name: 'a', value: 'b', secure: false }, 0)).toBe('a=b; Path=/; HttpOnly; SameSite=Lax')
})
