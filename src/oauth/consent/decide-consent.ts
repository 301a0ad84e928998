import { onlyEvents } from '../../kernel/effects.ts'
import type { Stamp } from '../../kernel/event.ts'
import { newOAuthGrantId } from '../../kernel/ids.ts'
import type { SessionPrincipal } from '../../kernel/principal.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { isDocumentId } from '../documents/document-id.ts'
import type { OAuthEvent } from '../events.ts'
import { OAUTH_REFUSALS } from '../refusals.ts'
import { type ConsentDeps, findConsentRequest } from './find-request.ts'

/** The decision of a user. */
export interface Decision {
  /** Id of the request. */
  readonly request: string
  readonly decision: 'allow' | 'deny'
}

/** Who decides. */
export interface Decider {
  readonly principal: SessionPrincipal
  /** The user's security epoch: nothing is allowed if all sessions were revoked in the meantime. */
  readonly securityEpoch: number
}

/**
 * Stores what the user decided about a request. All scopes of the request are allowed together, for this and for later requests
 * of the client. The engine then answers the client.
 * @throws Refusal `consent_ended`.
 */
export async function decideConsent(
  deps: ConsentDeps,
  { request: id, decision }: Decision,
  { principal, securityEpoch }: Decider,
  stamp: Stamp<OAuthEvent>,
): Promise<void> {
  const { client, redirectUri, scopes, stored } = await findConsentRequest(deps, id, principal)
  const userId = principal.user.id
  if (decision === 'allow') {
    const isDescribed = isDocumentId(client.id)
    if (isDescribed) await deps.oauthClients.keepDocument(client)
    const wanted = {
      id: newOAuthGrantId(deps.clock),
      userId,
      clientId: client.id,
      scopes,
      // Another program of the device can get the answer at all other URIs, so they are asked about each time.
      redirectUris: isDescribed && redirectUri.startsWith('https:') ? [redirectUri] : [],
      createdAt: deps.clock(),
      lastUsedAt: null,
    }
    const allowed = await deps.oauthGrants.allow(wanted, securityEpoch, ({ id: grantId }) =>
      onlyEvents(stamp({ type: 'oauth_grant.allowed', userId, clientId: client.id, grantId }))(null),
    )
    if (allowed === null) throw new Refusal(OAUTH_REFUSALS.consent_ended)
  }
  const result =
    decision === 'allow'
      ? { consent: {} }
      : { error: 'access_denied', error_description: 'the user did not allow access' }
  const changes = { insert: [], insertUnique: [], consume: [], remove: [], logins: [] }
  const decided = { ...stored, payload: { ...stored.payload, result } }
  const replace = [{ token: decided, previous: stored.payload }]
  // Another answer to the same question came first.
  if (!(await deps.oauthTokens.commit({ ...changes, replace }, deps.clock())))
    throw new Refusal(OAUTH_REFUSALS.consent_ended)
}
