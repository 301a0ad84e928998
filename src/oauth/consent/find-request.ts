import { hashToken } from '../../crypto/token.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { redirectHost } from '../clients/redirect-uri.ts'
import type { DocumentClients } from '../documents/document-clients.ts'
import { isDocumentId } from '../documents/document-id.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import type { OAuthClient, OAuthClientStore, OAuthGrantStore, OAuthToken, OAuthTokenStore } from '../store.ts'
import { type AskedAccess, type AskedAccessDeps, type AskedParameters, toAskedAccess } from './asked-access.ts'

/** Dependencies of the consent page. */
export interface ConsentDeps extends AskedAccessDeps {
  readonly oauthClients: Pick<OAuthClientStore, 'find' | 'keepDocument'>
  /** Apps that describe themselves; null: there are none. */
  readonly documents: DocumentClients | null
  readonly oauthGrants: Pick<OAuthGrantStore, 'find' | 'allow'>
  readonly oauthTokens: Pick<OAuthTokenStore, 'find' | 'commit'>
}

/** A request of an app that waits for the decision of a user. */
export interface ConsentRequest extends AskedAccess {
  /** Its id. */
  readonly id: string
  readonly client: OAuthClient
  /** Where the answer goes. */
  readonly redirectUri: string
  /** The same for people: a host, or the scheme of an app. */
  readonly redirectHost: string
  /** The stored request. */
  readonly stored: OAuthToken
}

/**
 * Finds the request that waits for the decision of this user.
 * @throws Refusal `consent_ended` if it does not exist, has expired, or waits for another user or session.
 */
export async function findConsentRequest(
  deps: ConsentDeps,
  id: string,
  { user, session }: SessionPrincipal,
): Promise<ConsentRequest> {
  const { oauthClients, oauthGrants, oauthTokens, documents, clock } = deps
  const now = clock()
  const stored = id === '' || id.length > 64 ? undefined : (await oauthTokens.find(hashToken(id), now))?.token
  const { prompt, session: begun, params } = (stored?.payload ?? {}) as StoredRequest
  const isOpen = stored?.kind === 'Interaction' && stored.expiresAt > now && prompt?.name === 'consent'
  if (!isOpen || begun?.accountId !== user.id || begun.uid !== session.id || params?.client_id === undefined) {
    throw new Refusal(OAUTH_REFUSALS.consent_ended)
  }
  const client = isDocumentId(params.client_id)
    ? await documents?.find(params.client_id)
    : (await oauthClients.find(params.client_id))?.client
  if (client === undefined) throw new Refusal(OAUTH_REFUSALS.consent_ended)
  const allowed = (await oauthGrants.find(user.id, client.id))?.scopes ?? []
  const redirectUri = params.redirect_uri ?? client.redirectUris[0] ?? ''
  return {
    id,
    client,
    redirectUri,
    redirectHost: redirectHost(redirectUri),
    ...toAskedAccess(deps, params, allowed),
    stored,
  }
}

/** The parts of a stored request that this room reads. The engine wrote it. */
interface StoredRequest {
  readonly prompt?: { readonly name?: string }
  readonly session?: { readonly accountId?: string; readonly uid?: string }
  readonly params?: AskedParameters & { readonly client_id?: string; readonly redirect_uri?: string }
}
