import { hashToken, newToken, type Token } from '../../crypto/token.ts'
import type { Clock } from '../../kernel/clock.ts'
import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import { newOAuthClientId } from '../../kernel/ids.ts'
import type { OAuthEvent } from '../events.ts'
import type { OAuthClient, OAuthClientStore } from '../store.ts'

/** Prefix of client secrets. */
const SECRET_PREFIX = 'lkc'

/** Dependencies of the actions about clients. */
export interface OAuthClientDeps {
  readonly oauthClients: OAuthClientStore
  readonly clock: Clock
  /** The scopes of the service. */
  readonly scopes: readonly string[]
}

/** Input to create a client. */
export type NewOAuthClient = Omit<OAuthClient, 'id' | 'createdAt'>

/** A new client with its secret, to show it once. A public client has no secret. */
export interface IssuedOAuthClient {
  readonly client: OAuthClient
  readonly clientSecret: Token | null
}

/** Creates a client. Every node knows it at once. */
export async function createClient(
  { oauthClients, clock }: OAuthClientDeps,
  wanted: NewOAuthClient,
  stamp: Stamp<OAuthEvent>,
): Promise<IssuedOAuthClient> {
  const client: OAuthClient = { ...wanted, id: newOAuthClientId(clock), createdAt: clock() }
  const clientSecret = client.isPublic ? null : newClientSecret()
  const secretHash = clientSecret === null ? null : hashToken(clientSecret)
  const created = stamp({ type: 'oauth_client.created', userId: null, clientId: client.id })
  await oauthClients.create({ client, secretHash }, onlyEvents(created))
  return { client, clientSecret }
}

/** Creates a client secret. */
export function newClientSecret(): Token {
  return newToken(SECRET_PREFIX)
}
