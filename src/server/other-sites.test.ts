import { expect, test } from 'vitest'
import { warnOfOtherSites } from './other-sites.ts'

test.each([
  ['https://id.example.com', 'https://app.example.com'],
  ['https://id.example.co.uk', 'https://www.example.co.uk:8443'],
  ['http://localhost:3000', 'http://localhost:5173'],
  ['https://10.0.0.7', 'https://10.0.0.7:8443'],
  ['https://id.example.com', 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
])('the pages of one site need no warning: %s and %s', (baseUrl, origin) => {
  expect(warnOfOtherSites(baseUrl, [origin])).toBeNull()
})

test.each([
  ['https://id.example.com', 'https://app.example.org'],
  ['https://id.example.co.uk', 'https://app.other.co.uk'],
  ['https://me.github.io', 'https://you.github.io'],
  ['http://localhost:3000', 'http://127.0.0.1:5173'],
  ['https://10.0.0.7', 'https://10.0.0.8'],
  ['https://id.example.com', 'http://app.example.com'],
  ['https://id.example.com', 'capacitor://localhost'],
])('a trusted origin of another site is warned about: %s and %s', (baseUrl, origin) => {
  const sameSite = baseUrl.replace(/:\d+$/, ':1234')
  const warning = warnOfOtherSites(baseUrl, [sameSite, origin])
  expect(warning).toContain(`The trusted origins ${origin} are on another site than ${baseUrl}`)
})
