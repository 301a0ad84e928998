import { expect, test } from 'vitest'
import { hasScopes } from './principal.ts'

test('a session has every scope; a list has what is on it, and all that is needed must be', () => {
  expect(hasScopes({ scopes: null }, ['read', 'write'])).toBe(true)
  expect(hasScopes({ scopes: ['read', 'write'] }, ['write'])).toBe(true)
  expect(hasScopes({ scopes: ['read'] }, ['read', 'write'])).toBe(false)
  expect(hasScopes({ scopes: [] }, [])).toBe(true)
  expect(hasScopes({ scopes: [] }, ['read'])).toBe(false)
})
