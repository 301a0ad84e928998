import { Refusal } from '../../kernel/refusal.ts'
import type { DocumentClients } from '../documents/document-clients.ts'
import { isDocumentId } from '../documents/document-id.ts'
import { IDENTITY_SCOPES } from '../identity-scopes.ts'
import type { OAuthClientRecord } from '../store.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'
import { currentScope } from './engine-scope.ts'

const MAX_ID_LENGTH = 300

/** Endpoints where an app begins, so that its document is read. Everywhere else, a user allowed the app before. */
const BEGINNING = new Set(['authorization', 'resume', 'pushed_authorization_request'])

/** Clients are rows of ours, which the engine reads at each request, and documents of apps that describe themselves. */
export function clientAdapter(deps: AdapterDeps): ModelAdapter {
  const { oauthClients, documents, scopes } = deps
  return {
    async find(id) {
      if (id.length > MAX_ID_LENGTH) return undefined
      if (isDocumentId(id)) {
        if (documents === null) return undefined
        if (BEGINNING.has(deps.route().name)) return findDocument(documents, deps, id)
      }
      const found = await oauthClients.find(id)
      return found === null ? undefined : toMetadata(found, scopes)
    },
  }
}

async function findDocument(documents: DocumentClients, { scopes, route }: AdapterDeps, id: string) {
  const scope = currentScope()
  const reading = scope.described.get(id) ?? documents.find(id, scope)
  scope.described.set(id, reading)
  try {
    return toMetadata({ client: await reading, secretHash: null }, scopes)
  } catch (error) {
    const isForBrowsers = route().name !== 'pushed_authorization_request'
    if (isForBrowsers || !(error instanceof Refusal) || error.code !== 'authorization_refused') throw error
    return undefined // programs get `invalid_client`
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
      ...(isDocumentId(id) ? [] : ['urn:ietf:params:oauth:grant-type:device_code']),
      ...(isPublic ? [] : ['client_credentials']),
    ],
    response_types: ['code' as const],
    ...(client.backchannelLogoutUri == null
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
    scope: [...IDENTITY_SCOPES, ...client.scopes.filter((scope) => known.includes(scope))].join(' '),
    token_endpoint_auth_method: isPublic ? ('none' as const) : ('client_secret_basic' as const),
    // The engine compares secrets with `compareClientSecret`, which hashes what it is given.
    ...(secretHash === null ? {} : { client_secret: secretHash }),
  }
}
