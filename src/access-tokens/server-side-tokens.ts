import { z } from 'zod'
import { acceptArgument, strictMembers } from '../kernel/arguments.ts'
import type { Stamp } from '../kernel/event.ts'
import { parseAccessTokenId } from '../kernel/ids.ts'
import { withIsoTimes } from '../kernel/iso-times.ts'
import { labelSchema } from '../kernel/label-schema.ts'
import type { AccessToken } from '../kernel/principal.ts'
import { requireUserId } from '../kernel/require-user-id.ts'
import {
  type AccessTokenDeps,
  createAccessToken,
  type IssuedAccessToken,
  type NewAccessToken,
} from './create-access-token.ts'
import type { AccessTokenEvent } from './events.ts'
import { listAllAccessTokens } from './list-access-tokens.ts'
import { type RevokeAccessTokenDeps, revokeAccessToken } from './revoke-access-token.ts'

/** Calls about access tokens for the application itself. HTTP requests cannot reach them. */
export interface ServerSideTokens {
  /**
   * Creates an access token for a user. Only the result contains its secret.
   * @throws Refusal `validation_failed`, `too_many_tokens`, `not_found`.
   */
  create(userId: string, token: NewAccessToken): Promise<IssuedAccessToken>
  /** Returns the access tokens of a user, newest first. Throws `not_found` if the id is malformed. */
  list(userId: string): Promise<AccessToken[]>
  /** Revokes an access token of a user, on every node. Throws `not_found` if the token does not exist. */
  revoke(userId: string, tokenId: string): Promise<void>
}

const newTokenSchema = strictMembers({
  name: labelSchema,
  scopes: z.array(z.string('must be a scope'), 'must be a list of scopes, such as ["read"]'),
  expiresAt: z.number('must be a time in milliseconds since 1970, or null').nullish(),
})

/** Creates the server-side calls about access tokens. */
export function createServerSideTokens(
  deps: AccessTokenDeps & RevokeAccessTokenDeps,
  stamp: Stamp<AccessTokenEvent>,
): ServerSideTokens {
  return {
    async create(userId, wanted) {
      const accepted = acceptArgument(newTokenSchema, wanted)
      const owner = { id: requireUserId(userId), securityEpoch: null }
      const { token, accessToken } = await createAccessToken(deps, owner, accepted, stamp)
      return { token, accessToken: withIsoTimes(accessToken) }
    },
    async list(userId) {
      return (await listAllAccessTokens(deps, requireUserId(userId))).map(withIsoTimes)
    },
    async revoke(userId, tokenId) {
      await revokeAccessToken(deps, requireUserId(userId), parseAccessTokenId(tokenId), stamp)
    },
  }
}
