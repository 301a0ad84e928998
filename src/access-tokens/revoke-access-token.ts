import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccessTokenEvent } from './events.ts'
import type { AccessTokenStore } from './store.ts'

/** What revoking works with. */
export interface RevokeAccessTokenDeps {
  readonly accessTokens: AccessTokenStore
}

/**
 * Ends an access token of the user; the next request with it is refused, on every node.
 * @throws not_found when the user has no such token.
 */
export async function revokeAccessToken(
  deps: RevokeAccessTokenDeps,
  userId: UserId,
  id: AccessTokenId | null,
  stamp: Stamp<AccessTokenEvent>,
): Promise<void> {
  const isRevoked =
    id !== null &&
    (await deps.accessTokens.revoke(
      userId,
      id,
      onlyEvents(stamp({ type: 'access_token.revoked', userId, tokenId: id })),
    ))
  if (!isRevoked) throw new Refusal('not_found', { detail: 'You have no such access token.' })
}
