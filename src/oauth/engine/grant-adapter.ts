import { type OAuthSettings, resourceUrls } from '../settings.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'
import { currentScope, type KnownGrant } from './engine-scope.ts'
import { parseFamily } from './family.ts'

/** Grants of a request: the token that names one was read together with it, so this needs no query. */
export function grantAdapter({ oauthSettings }: Pick<AdapterDeps, 'oauthSettings'>): ModelAdapter {
  return {
    async find(id) {
      const family = parseFamily(id)
      const grant = family === null ? undefined : currentScope().grants.get(family.grantId)
      return grant === undefined ? undefined : toEngineGrant(grant, id, oauthSettings)
    },
  }
}

/** Returns the grant as the engine knows it. */
export function toEngineGrant(
  { userId, clientId, scopes }: KnownGrant,
  id: string,
  { resources }: Pick<OAuthSettings, 'resources'>,
) {
  const scope = scopes.join(' ')
  return {
    kind: 'Grant',
    jti: id,
    accountId: userId,
    clientId,
    openid: { scope },
    // The user allows scopes, whichever API they are for.
    resources: Object.fromEntries(resourceUrls(resources).map((url) => [url, scope])),
  }
}
