import { onlyEvents } from '../kernel/effects.ts'
import type { Stamp } from '../kernel/event.ts'
import type { AccessTokenId, UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { AccessTokenEvent } from './events.ts'
import type { AccessTokenStore } from './store.ts'

/** Dependencies of `revokeAccessToken`. */
export interface RevokeAccessTokenDeps {
  readonly accessTokens: AccessTokenStore
}

/**
 * Revokes an access token of the user. Every node refuses the next request with it.
 * @throws Refusal `not_found` if the user does not have a token with this id.
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
