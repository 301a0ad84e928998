import { type OAuthSettings, resourceUrls } from '../settings.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'
import { currentScope, type KnownGrant } from './engine-scope.ts'
import { parseFamily } from './family.ts'

/**
 * Grants of a request: the token that names one was read together with it, so this needs no query. A scope that the app lost since then
 * is not granted any more.
 */
export function grantAdapter({ oauthSettings, route }: Pick<AdapterDeps, 'oauthSettings' | 'route'>): ModelAdapter {
  return {
    async find(id) {
      const family = parseFamily(id)
      const grant = family === null ? undefined : currentScope().grants.get(family.grantId)
      if (grant === undefined) return undefined
      const may = new Set(route().entities.Client?.scope?.split(' '))
      return toEngineGrant({ ...grant, scopes: grant.scopes.filter((scope) => may.has(scope)) }, id, oauthSettings)
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
