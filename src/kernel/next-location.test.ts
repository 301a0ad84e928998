import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNextLocation } from './next-location.ts'

const origin = 'https://id.example.com'
const origins = { own: origin, trusted: new Set(['https://app.example.com']) }

/** The building blocks of open redirects: slashes, dots, escapes and hosts in any order. */
const hostile = fc
  .array(
    fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '\n',
      '\0',
      ' ',
      'evil.example',
      'https:',
      'http:',
      'javascript:',
      'id.example.com',
      'app.example.com',
      'x',
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''))

test('every accepted location leads a browser to our origin or a trusted one (ASVS 1.2.2, 3.7.2)', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' }), fc.webUrl()), (next) => {
      const location = parseNextLocation(next, origins)
      if (location === null) return
      const landing = new URL(location, `${origin}/auth/login`)
      expect([origin, 'https://app.example.com']).toContain(landing.origin)
      expect(location).not.toMatch(/[\r\n\0]/)
    }),
    { numRuns: 20_000 },
  )
})

test('accepts a path and a URL on a trusted origin', () => {
  expect(parseNextLocation('/a/b?c=d#e', origins)).toBe('/a/b?c=d#e')
  expect(parseNextLocation(`${origin}/a`, origins)).toBe('/a')
  expect(parseNextLocation('https://app.example.com/in?x=1', origins)).toBe('https://app.example.com/in?x=1')
  expect(parseNextLocation(undefined, origins)).toBeNull()
})

test('a location is measured as a browser gets it: characters that a URL writes with nine must not overflow a cookie', () => {
  expect(parseNextLocation(`/${'ab/'.repeat(682)}`, origins)).toHaveLength(2_047)
  expect(parseNextLocation(`/${'漢'.repeat(200)}`, origins)).toHaveLength(1_801)
  expect(parseNextLocation(`/${'漢'.repeat(400)}`, origins)).toBeNull()
  expect(parseNextLocation(`https://app.example.com/${'漢'.repeat(400)}`, origins)).toBeNull()
})
