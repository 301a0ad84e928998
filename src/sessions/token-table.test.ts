import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TokenDigest } from '../crypto/token.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import type { TokenPrincipal } from '../kernel/principal.ts'
import { createTokenTable } from './token-table.ts'

// Test data instead of parsed ids.
const userOf = (user: number): UserId => `user-${user}` as UserId
const digestOf = (token: number): TokenDigest => `digest ${token}` as TokenDigest

function principalOf(token: number, user: number, createdAt: number): TokenPrincipal {
  const userId = userOf(user)
  const email = `${user}@example.com` as EmailAddress
  return {
    kind: 'access_token',
    user: { id: userId, email, emailVerified: true, name: null, createdAt },
    accessToken: {
      id: `token-${token}` as AccessTokenId,
      userId,
      name: 'backup',
      scopes: ['read'],
      lastFour: 'abcd',
      createdAt,
      expiresAt: null,
      lastUsedAt: null,
    },
    scopes: ['read'],
  }
}

const TOKENS = Array.from({ length: 9 }, (_, token) => token)
const operation = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), token: fc.constantFrom(...TOKENS) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('removeUser' as const), user: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)

test('the table of access tokens is a map that evicts the oldest token when it is full', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.array(operation, { maxLength: 60 }), (maxTokens, operations) => {
      const table = createTokenTable(maxTokens)
      let model: { digest: TokenDigest; principal: TokenPrincipal }[] = []
      for (const [at, each] of operations.entries()) {
        if (each.kind === 'put') {
          const [digest, principal] = [digestOf(each.token), principalOf(each.token, each.token % 3, at)]
          table.put(digest, principal)
          model = [...model.filter((entry) => entry.digest !== digest), { digest, principal }]
          model = model.slice(Math.max(0, model.length - maxTokens))
        } else if (each.kind === 'removeUser') {
          table.removeUser(userOf(each.user))
          model = model.filter((entry) => entry.principal.user.id !== userOf(each.user))
        } else {
          table.clear()
          model = []
        }
        const expected = TOKENS.map((token) => model.find((entry) => entry.digest === digestOf(token))?.principal)
        expect(TOKENS.map((token) => table.get(digestOf(token)))).toEqual(expected)
      }
    }),
  )
})
