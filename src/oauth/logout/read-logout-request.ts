import type { SigningKey } from '../../crypto/signing-key.ts'
import { verifyJwt } from '../../crypto/verify-jwt.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import type { OAuthClient, OAuthClientStore } from '../store.ts'

/** Dependencies of `readLogoutRequest`. */
export interface LogoutRequestDeps {
  readonly oauthClients: Pick<OAuthClientStore, 'find'>
  /** The issuer of our ID tokens. */
  readonly authUrl: string
  /** Keys of our ID tokens. */
  readonly keys: () => readonly SigningKey[]
}

/** The parameters of a logout (OpenID Connect RP-Initiated Logout 1.0 section 2). */
export interface LogoutParameters {
  readonly id_token_hint?: string | undefined
  readonly client_id?: string | undefined
  readonly post_logout_redirect_uri?: string | undefined
  readonly state?: string | undefined
}

/** What an app asks for when it sends a user to log out. */
export interface LogoutRequest {
  /** The app; null: the request does not name it. */
  readonly client: OAuthClient | null
  /** The user that the app had logged in, proved by an ID token of ours; null: the request does not say. */
  readonly hintedUser: string | null
  /** Where the user goes after the logout, with the `state` of the request; null: to our login page. */
  readonly location: string | null
}

/**
 * Reads a logout. Its redirect URI is one that the app registered, compared as a whole; without an app it is ignored.
 * @throws Refusal `logout_refused`.
 */
export async function readLogoutRequest(
  { oauthClients, authUrl, keys }: LogoutRequestDeps,
  { id_token_hint: hint, client_id: named, post_logout_redirect_uri: uri, state }: LogoutParameters,
): Promise<LogoutRequest> {
  const claims = hint === undefined ? null : verifyJwt(keys(), hint, null) // an expired one is a hint as well
  const hinted = { sub: claims?.sub, aud: claims?.aud }
  if (hint !== undefined && (claims?.iss !== authUrl || typeof hinted.aud !== 'string')) throw refused('id_token_hint')
  const clientId = typeof hinted.aud === 'string' ? hinted.aud : named
  if (named !== undefined && named !== clientId) throw refused('client_id')
  const found = clientId === undefined ? null : await oauthClients.find(clientId)
  if (clientId !== undefined && found === null) throw refused('client_id')
  const client = found?.client ?? null
  const hintedUser = typeof hinted.sub === 'string' ? hinted.sub : null
  if (client === null || uri === undefined) return { client, hintedUser, location: null }
  if (!client.postLogoutRedirectUris.includes(uri)) throw refused('post_logout_redirect_uri')
  return { client, hintedUser, location: withState(uri, state) }
}

function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  const url = new URL(uri)
  url.searchParams.set('state', state)
  return url.href
}

function refused(parameter: string): Refusal {
  return new Refusal(OAUTH_REFUSALS.logout_refused, { detail: `The parameter ${parameter} is not one of this app.` })
}
