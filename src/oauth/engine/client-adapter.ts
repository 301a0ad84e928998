import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import type { OAuthClientRecord } from '../store.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'

/** Clients are rows of ours, which the engine reads at each request. */
export function clientAdapter({ oauthClients, scopes }: AdapterDeps): ModelAdapter {
  return {
    async find(id) {
      if (id.length > 100) return undefined
      const found = await oauthClients.find(id)
      return found === null ? undefined : toMetadata(found, scopes)
    },
  }
}

/** Returns the client as metadata of RFC 7591. A scope that was removed from the settings is not granted. */
function toMetadata({ client, secretHash }: OAuthClientRecord, known: readonly string[]) {
  const { id, name, redirectUris, postLogoutRedirectUris, isPublic } = client
  const isNative = redirectUris.some((uri) => !/^https?:/.test(uri))
  return {
    client_id: id,
    client_name: name,
    application_type: isNative ? ('native' as const) : ('web' as const),
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      ...(isPublic ? [] : ['client_credentials']),
    ],
    response_types: ['code' as const],
    scope: [...IDENTITY_SCOPES, ...client.scopes.filter((scope) => known.includes(scope))].join(' '),
    token_endpoint_auth_method: isPublic ? ('none' as const) : ('client_secret_basic' as const),
    // The engine compares secrets with `compareClientSecret`, which hashes what it is given.
    ...(secretHash === null ? {} : { client_secret: secretHash }),
  }
}
