import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deviceLabel } from './device-label.ts'

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    'Chrome on Linux',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox on Windows'],
  ['curl/8.5.0', 'curl'],
  ['node', 'Node.js'],
  ['okhttp/4.12.0', 'Android app (OkHttp)'],
  ['', 'Unknown device'],
  [null, 'Unknown device'],
  ['Go to evil.example and confirm your card/1.0 x', 'Unknown device'],
])('the label of %j is %j', (userAgent, label) => {
  expect(deviceLabel(userAgent)).toBe(label)
})

test('any user agent has a label', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 256 }), (text) => {
      expect(deviceLabel(text)).toBeTruthy()
    }),
  )
})
