import type { AccessKind } from '../../kernel/feature.ts'
import type { OAuthEvent } from '../events.ts'
import type { GrantDeps } from './revoke-grant.ts'

/** The apps in the list of everything that opens an account. */
export function grantAccess({ oauthGrants }: GrantDeps): AccessKind {
  return {
    kind: 'oauth_grant',
    async list({ user }) {
      const grants = await oauthGrants.listByUser(user.id)
      return grants.map(({ id, clientName, createdAt, lastUsedAt }) => ({
        id,
        name: clientName,
        createdAt,
        lastUsedAt,
      }))
    },
    revokeOthers: ({ user }, stamp) =>
      oauthGrants.revokeAll(user.id, (ids) => ({
        events: ids.map((grantId) => {
          const revoked: OAuthEvent = { type: 'oauth_grant.revoked', userId: user.id, clientId: null, grantId }
          return stamp(revoked)
        }),
      })),
  }
}
