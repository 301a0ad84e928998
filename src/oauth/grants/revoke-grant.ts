import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import type { OAuthGrantId, UserId } from '../../kernel/ids.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { OAuthEvent } from '../events.ts'
import type { OAuthGrantStore } from '../store.ts'

/** Dependencies of the actions about grants. */
export interface GrantDeps {
  readonly oauthGrants: OAuthGrantStore
}

/**
 * Revokes what the user allowed an app. All its tokens end, on every node.
 * @throws Refusal `not_found` if the user has no grant with this id.
 */
export async function revokeGrant(
  { oauthGrants }: GrantDeps,
  userId: UserId,
  id: OAuthGrantId | null,
  stamp: Stamp<OAuthEvent>,
): Promise<void> {
  const grant = id === null ? undefined : (await oauthGrants.listByUser(userId)).find((each) => each.id === id)
  const isRevoked =
    grant !== undefined &&
    (await oauthGrants.revoke(
      userId,
      grant.id,
      onlyEvents(stamp({ type: 'oauth_grant.revoked', userId, clientId: grant.clientId, grantId: grant.id })),
    ))
  if (!isRevoked) throw new Refusal('not_found', { detail: 'You have no such grant.' })
}
