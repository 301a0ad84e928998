import type { AccessKind } from '../kernel/feature.ts'
import type { AccessTokenEvent } from './events.ts'
import { listAllAccessTokens } from './list-access-tokens.ts'
import type { AccessTokenStore } from './store.ts'

/** The access tokens in the list of everything that opens an account. */
export function tokenAccess(accessTokens: AccessTokenStore): AccessKind {
  return {
    kind: 'access_token',
    list: ({ user }) => listAllAccessTokens({ accessTokens }, user.id),
    revokeOthers: ({ user }, stamp) =>
      accessTokens.revokeAll(user.id, (ids) => ({
        events: ids.map((tokenId) => {
          const revoked: AccessTokenEvent = { type: 'access_token.revoked', userId: user.id, tokenId }
          return stamp(revoked)
        }),
      })),
  }
}
