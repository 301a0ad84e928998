import { expect, test } from 'vitest'
import { hasScopes } from './principal.ts'

test('a session has every scope; an access token needs all required scopes in its list', () => {
  expect(hasScopes({ scopes: null }, ['read', 'write'])).toBe(true)
  expect(hasScopes({ scopes: ['read', 'write'] }, ['write'])).toBe(true)
  expect(hasScopes({ scopes: ['read'] }, ['read', 'write'])).toBe(false)
  expect(hasScopes({ scopes: [] }, [])).toBe(true)
  expect(hasScopes({ scopes: [] }, ['read'])).toBe(false)
})
